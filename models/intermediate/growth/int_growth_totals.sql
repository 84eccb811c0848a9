-- Customers upsold, cross-sold and downgraded, by period and segment; by plan and product under the
-- primary plan at opening.

with

movements as (
    select * from {{ ref('int_product_movements') }}
    where driver in ('upsell', 'cross_sell', 'downgrade')
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

customers as (
    select
        period_grain,
        period_start,
        customer_id,
        {{ add_days('period_start', -1) }} as opening_on,
        max(case when driver = 'upsell' then 1 else 0 end) as was_upsold,
        max(case when driver = 'cross_sell' then 1 else 0 end) as was_cross_sold,
        max(case when driver = 'downgrade' then 1 else 0 end) as was_downgraded
    from movements
    group by period_grain, period_start, customer_id
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        customers.period_grain,
        customers.period_start,
        customers.was_upsold,
        customers.was_cross_sold,
        customers.was_downgraded
    from customers
    inner join customer_segments on customers.customer_id = customer_segments.customer_id
    left join plan_spans
        on customers.customer_id = plan_spans.customer_id
            and customers.opening_on >= plan_spans.from_on
            and (customers.opening_on < plan_spans.to_on or plan_spans.to_on is null)
    left join plan_segments on plan_spans.plan_id = plan_segments.plan_id
),

totals as (
    select
        period_grain,
        period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(was_upsold) as upsold_customers,
        sum(was_cross_sold) as cross_sold_customers,
        sum(was_downgraded) as downgraded_customers
    from segmented
    group by {{ segment_sets(['period_grain', 'period_start']) }}  -- noqa: PRS
)

select * from totals
