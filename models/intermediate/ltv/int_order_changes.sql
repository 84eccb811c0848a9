-- By day and segment: customers that ordered for the first time and what customers paid, both under
-- the plan of the customer's first order.

with

paid_orders as (
    select * from {{ ref('int_paid_orders') }}
),

customer_orders as (
    select * from {{ ref('int_customer_orders') }}
),

customer_days as (
    select
        customer_id,
        ordered_on,
        sum(net_amount) as net_amount
    from paid_orders
    group by customer_id, ordered_on
),

dated as (
    select
        customer_days.customer_id,
        customer_days.ordered_on,
        customer_days.net_amount,
        customer_orders.first_ordered_on,
        case when customer_days.ordered_on = customer_orders.first_ordered_on then 1 else 0 end
            as is_first_order
    from customer_days
    inner join customer_orders on customer_days.customer_id = customer_orders.customer_id
),

segmented as (
    {{ segmented_by_day(
        'dated', 'first_ordered_on',
        ['ordered_on', 'net_amount', 'is_first_order'],
    ) }}
),

changes as (
    select
        ordered_on as changed_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(is_first_order) as ordering_customers,
        sum(net_amount) as order_revenue
    from segmented
    group by {{ segment_sets(['ordered_on']) }}  -- noqa: PRS
)

select * from changes
