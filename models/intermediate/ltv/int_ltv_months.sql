-- The inputs of LTV by calendar month and segment, whether the month is reported or not. By plan
-- and product, churn is counted under the primary plan at opening, an order under that of its day.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

mrr_totals as (
    select * from {{ ref('customer_success', 'int_mrr_totals_daily') }}
),

month_states as (
    select
        *,
        {{ add_days('period_start', -1) }} as opening_on
    from {{ ref('customer_success', 'int_mrr_period_states') }}
    where period_grain = 'month' and opening_mrr > 0 and closing_mrr = 0
),

paid_orders as (
    select
        *,
        {{ month_start('ordered_on') }} as month_start
    from {{ ref('customer_success', 'fct_paid_orders') }}
),

-- the as-of date is used as the end of its month
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

churns as (
    {{ in_segments('month_states', 'opening_on', ['period_start', 'opening_mrr'], 'segments') }}
),

orders as (
    {{ in_segments('paid_orders', 'ordered_on', ['month_start', 'net_amount'], 'segments') }}
),

measured as (
    select
        segment_type,
        segment_value,
        month_start,
        active_customers,
        0 as opening_customers,
        0 as opening_mrr,
        0 as churned_customers,
        0 as churn_mrr,
        0 as paid_orders,
        0 as paid_order_revenue
    from month_ends
    union all
    select
        segment_type,
        segment_value,
        {{ add_months('month_start', 1) }} as month_start,
        0 as active_customers,
        active_customers as opening_customers,
        mrr as opening_mrr,
        0 as churned_customers,
        0 as churn_mrr,
        0 as paid_orders,
        0 as paid_order_revenue
    from month_ends
    union all
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        period_start as month_start,
        0 as active_customers,
        0 as opening_customers,
        0 as opening_mrr,
        count(*) as churned_customers,
        sum(opening_mrr) as churn_mrr,
        0 as paid_orders,
        0 as paid_order_revenue
    from churns
    group by {{ segment_sets(['period_start']) }}
    union all
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        month_start,
        0 as active_customers,
        0 as opening_customers,
        0 as opening_mrr,
        0 as churned_customers,
        0 as churn_mrr,
        count(*) as paid_orders,
        sum(net_amount) as paid_order_revenue
    from orders
    group by {{ segment_sets(['month_start']) }}
),

months as (
    select
        segment_type,
        segment_value,
        month_start,
        sum(active_customers) as active_customers,
        sum(opening_customers) as opening_customers,
        sum(opening_mrr) as opening_mrr,
        sum(churned_customers) as churned_customers,
        sum(churn_mrr) as churn_mrr,
        sum(paid_orders) as paid_orders,
        sum(paid_order_revenue) as paid_order_revenue
    from measured
    group by segment_type, segment_value, month_start
)

select * from months
