with

counts as (
    {% for table in raw_table_names() -%}
    {{ row_counts(table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        table_name,
        is_present,
        {%- for column in ['raw', 'used', 'superseded', 'deleted', 'rejected'] %}
        cast({{ column }}_rows as integer) as {{ column }}_rows{{ ',' if not loop.last }}
        {%- endfor %}
    from counts
)

select * from final
