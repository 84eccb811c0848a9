-- Paid orders by day and segment, each under the plan of its own day.

with

paid_orders as (
    select * from {{ ref('int_paid_orders') }}
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

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        paid_orders.ordered_on,
        paid_orders.net_amount
    from paid_orders
    inner join customer_segments on paid_orders.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('paid_orders.customer_id', 'paid_orders.ordered_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
),

totals as (
    select
        ordered_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as paid_orders,
        sum(net_amount) as paid_order_revenue
    from segmented
    group by {{ segment_sets(['ordered_on']) }}  -- noqa: PRS
)

select * from totals
