with

rejections as (
    {% for table in raw_table_names() -%}
    {{ rejections(table, ref('customer_success', 'base_' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- rows without a key cannot be distinguished, so they share one row per reason and column
final as (
    select
        table_name,
        row_key,
        reason,
        column_name,
        min({{ binary_collation('bad_value') }}) as bad_value,
        max(loaded_at) as loaded_at,
        cast(count(*) as integer) as raw_rows
    from rejections
    where reason is not null
    group by table_name, row_key, reason, column_name
)

select * from final
