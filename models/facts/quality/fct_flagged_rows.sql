-- Raw rows that are used although something about them is worth a look.

with

flags as (
    {% for table in raw_table_names() -%}
    {{ flagged(table, ref('customer_success', 'base_' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

items_open_twice as (
    {{ open_twice(
        ref('customer_success', 'base_subscription_items'), ref('customer_success', 'stg_plans')
    ) }}
),

final as (
    select * from flags
    union all
    select * from items_open_twice
)

select * from final
