-- What each customer that ever ordered has ordered so far.

with

paid_orders as (
    select * from {{ ref('int_paid_orders') }}
),

customer_orders as (
    select
        customer_id,
        min(ordered_on) as first_ordered_on,
        max(ordered_on) as last_ordered_on,
        count(*) as paid_orders,
        sum(net_amount) as net_amount
    from paid_orders
    group by customer_id
)

select * from customer_orders
