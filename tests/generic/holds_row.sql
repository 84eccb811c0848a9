{% test holds_row(model, column_name, value) %}
{#-
    A config seed has the row that the models fall back on.

    value: text that the column must hold in some row. Returns a row when it does not.
-#}
select '{{ value }}' as missing_value
where not exists (
    select 1 from {{ model }}
    where {{ column_name }} = '{{ value }}'
)
{% endtest %}
