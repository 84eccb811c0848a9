-- Payment alerts: a bill that jumped while usage did not, and failed orders.

{%- set valid_from = add_days(as_of_date(), -1 * var('health_payment_days') | int) %}

with

bills as (
    select * from {{ ref('customer_success', 'int_monthly_bills') }}
),

orders as (
    select * from {{ ref('customer_success', 'stg_orders') }}
),

payments as (
    select
        customer_id,
        max(case when status = 'failed' then ordered_on end) as last_failed_on,
        max(case when status = 'paid' then ordered_on end) as last_paid_on
    from orders
    group by customer_id
),

unpaid as (
    select
        payments.customer_id,
        max(payments.last_failed_on) as last_failed_on,
        min(orders.ordered_on) as first_failed_on,
        count(*) as failed_orders
    from payments
    inner join orders
        on payments.customer_id = orders.customer_id
            and orders.status = 'failed'
            and (orders.ordered_on > payments.last_paid_on or payments.last_paid_on is null)
    group by payments.customer_id
),

alerts as (
    {% if raw_table_is_present('sessions') and raw_table_is_present('orders') -%}
    select
        customer_id,
        'bill_shock' as alert_type,
        month_end as raised_on,
        'paid ' || {{ whole_number('paid_amount') }}
        || ' in the month to ' || {{ day_text('month_end') }} || ', a month on average '
        || {{ whole_number('earlier_amount / 3') }}
        || ' in the three before; session minutes '
        || {{ whole_number('session_microseconds / 60000000') }}
        || ' against '
        || {{ whole_number('earlier_microseconds / 180000000') }}
            as evidence
    from bills
    where {{ is_bill_shock(
        'paid_amount', 'earlier_amount', 'earlier_paid_months', 'session_microseconds',
        'earlier_microseconds',
    ) }}
    union all
    {%- endif %}
    select
        customer_id,
        'payment_failed' as alert_type,
        case when first_failed_on < {{ valid_from }} then {{ valid_from }} else first_failed_on end
            as raised_on,
        {{ whole_number('failed_orders') }} || ' failed orders since '
        || {{ day_text('first_failed_on') }} || ', none paid after them' as evidence
    from unpaid
    where last_failed_on >= {{ valid_from }}
)

select * from alerts
