with

orders as (
    select * from {{ ref('customer_success', 'stg_orders') }}
    where status = 'paid'
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

daily_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_daily') }}
),

first_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_first') }}
),

paid as (
    select
        orders.order_id,
        orders.customer_id,
        orders.ordered_on,
        orders.is_automatic,
        {{ converted_amount(
            '(orders.gross_amount - orders.refunded_amount)', 'daily_rates', 'first_rates',
            'orders.currency_code',
        ) }} as net_amount
    from orders
    inner join customers on orders.customer_id = customers.customer_id
    {{ join_exchange_rates(
        'daily_rates', 'first_rates', 'orders.currency_code', 'orders.ordered_on'
    ) }}
),

judged as (
    select
        *,
        not is_automatic and net_amount > 0 as is_voluntary
    from paid
)

select * from judged
