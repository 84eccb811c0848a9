-- By day and segment: customers that ordered for the first time and what customers paid, both under
-- the plan of the customer's first order.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

paid_orders as (
    select * from {{ ref('customer_success', 'fct_paid_orders') }}
),

customers as (
    select * from {{ ref('customer_success', 'fct_customer_ltv') }}
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
        customers.first_ordered_on,
        case when customer_days.ordered_on = customers.first_ordered_on then 1 else 0 end
            as is_first_order
    from customer_days
    inner join customers on customer_days.customer_id = customers.customer_id
),

segmented as (
    {{ in_segments(
        'dated', 'first_ordered_on', ['ordered_on', 'net_amount', 'is_first_order'], 'segments'
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
    group by {{ segment_sets(['ordered_on']) }}
)

select * from changes
