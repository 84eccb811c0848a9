-- Paid orders by day and segment, each under the plan of its own day.

with

paid_orders as (
    select * from {{ ref('int_paid_orders') }}
),

segmented as (
    {{ segmented_by_day('paid_orders', 'ordered_on', ['ordered_on', 'net_amount']) }}
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
