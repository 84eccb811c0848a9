with

counts as (
    {% for table in raw_table_names() -%}
    {{ row_counts(table, ref('customer_success', 'base_' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        table_name,
        is_present,
        origin,
        cast(raw_rows as integer) as raw_rows,
        cast(used_rows as integer) as used_rows,
        cast(superseded_rows as integer) as superseded_rows,
        cast(deleted_rows as integer) as deleted_rows,
        cast(rejected_rows as integer) as rejected_rows,
        cast(flags as integer) as flags
    from counts
)

select * from final
