-- What each customer with a paid order has paid to date.

with

paid_orders as (
    select * from {{ ref('customer_success', 'fct_paid_orders') }}
),

customers as (
    select
        customer_id,
        min(ordered_on) as first_ordered_on,
        max(ordered_on) as last_ordered_on,
        cast(count(*) as integer) as paid_orders,
        cast(sum(net_amount) as numeric(18, 4)) as historic_ltv
    from paid_orders
    group by customer_id
)

select * from customers
