with

counts as (
    {% for table in raw_table_names() -%}
    {{ row_counts(table, ref('customer_success', 'base_' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- flags that take rows of two tables to see
further_flags as (
    select
        table_name,
        count(*) as flags
    from (
        {{ open_twice(
            ref('customer_success', 'base_subscription_items'),
            ref('customer_success', 'stg_plans')
        ) }}
    ) as items_open_twice
    group by table_name
),

final as (
    select
        counts.table_name,
        counts.is_present,
        counts.origin,
        cast(counts.raw_rows as integer) as raw_rows,
        cast(counts.used_rows as integer) as used_rows,
        cast(counts.superseded_rows as integer) as superseded_rows,
        cast(counts.deleted_rows as integer) as deleted_rows,
        cast(counts.rejected_rows as integer) as rejected_rows,
        cast(counts.flags + coalesce(further_flags.flags, 0) as integer) as flags
    from counts
    left join further_flags on counts.table_name = further_flags.table_name
)

select * from final
