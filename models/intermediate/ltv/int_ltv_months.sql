-- What LTV looks at, by calendar month and segment, whether the month is reported or not.

{%- set measures = [
    'active_customers', 'opening_customers', 'opening_mrr', 'churned_customers', 'churn_mrr',
    'paid_orders', 'paid_order_revenue',
] %}

with

mrr_totals as (
    select * from {{ ref('int_mrr_totals_daily') }}
),

churn_totals as (
    select * from {{ ref('int_churn_totals_monthly') }}
),

order_totals as (
    select
        *,
        {{ month_start('ordered_on') }} as month_start
    from {{ ref('int_order_totals_daily') }}
),

-- the last day that counts stands for the end of its month
month_ends as (
    select
        segment_type,
        segment_value,
        {{ month_start('day_on') }} as month_start,
        active_customers,
        mrr
    from mrr_totals
    where day_on = {{ as_of_date() }}
        or day_on = {{ period_end('month', month_start('day_on')) }}
),

openings as (
    select
        segment_type,
        segment_value,
        {{ add_months('month_start', 1) }} as month_start,
        active_customers as opening_customers,
        mrr as opening_mrr
    from month_ends
),

measured as (
    {% for source in ['month_ends', 'openings', 'churn_totals', 'order_totals'] -%}
    {%- set found = {
        'month_ends': ['active_customers'],
        'openings': ['opening_customers', 'opening_mrr'],
        'churn_totals': ['churned_customers', 'churn_mrr'],
        'order_totals': ['paid_orders', 'paid_order_revenue'],
    }[source] -%}
    select
        {%- for measure in measures %}
        {{ measure if measure in found else 0 }} as {{ measure }},
        {%- endfor %}
        segment_type,
        segment_value,
        month_start
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

months as (
    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        segment_type,
        segment_value,
        month_start
    from measured
    group by segment_type, segment_value, month_start
)

select * from months
