-- Raw rows that are used although something about them is worth a look.

with

flags as (
    {% for table in raw_table_names() -%}
    {{ flagged(table, ref('customer_success', 'base_' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from flags
