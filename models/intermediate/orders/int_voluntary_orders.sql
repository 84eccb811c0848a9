-- Per customer: the first and the second day with a voluntary order.

with

paid_orders as (
    select * from {{ ref('customer_success', 'fct_paid_orders') }}
    where is_voluntary
),

days as (
    select distinct
        customer_id,
        ordered_on
    from paid_orders
),

numbered as (
    select
        customer_id,
        ordered_on,
        row_number() over (partition by customer_id order by ordered_on) as day_number
    from days
),

customers as (
    select
        customer_id,
        min(ordered_on) as first_on,
        max(case when day_number = 2 then ordered_on end) as second_on
    from numbered
    where day_number <= 2
    group by customer_id
)

select * from customers
