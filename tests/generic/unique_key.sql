{% test unique_key(model, columns) %}
{#-
    The grain of a model: no two rows share a key and no part of it is null.

    columns: list of the key's column names. Returns the keys that break it, with their rows.
-#}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ tested(model) }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
