-- What each customer paid and used in the last complete calendar month, and in the three before it.

{%- set month_start = month_start(add_days(as_of_date(), 1)) %}

with

paid_orders as (
    select * from {{ ref('customer_success', 'fct_paid_orders') }}
),

usage_events as (
    select * from {{ ref('customer_success', 'int_usage_events') }}
),

months as (
    select
        month_number,
        {{ add_months(month_start, '-month_number') }} as starts_on,
        {{ add_days(add_months(month_start, '1 - month_number'), -1) }} as ends_on
    from (
        select 1 as month_number
        union all
        select 2 as month_number
        union all
        select 3 as month_number
        union all
        select 4 as month_number
    ) as numbers
),

bills as (
    select
        paid_orders.customer_id,
        months.month_number,
        sum(paid_orders.net_amount) as paid_amount
    from paid_orders
    inner join months on paid_orders.ordered_on between months.starts_on and months.ends_on
    group by paid_orders.customer_id, months.month_number
),

session_time as (
    select
        usage_events.customer_id,
        sum(case when months.month_number = 1 then usage_events.session_microseconds else 0 end)
            as session_microseconds,
        sum(case when months.month_number > 1 then usage_events.session_microseconds else 0 end)
            as earlier_microseconds
    from usage_events
    inner join months on usage_events.used_on between months.starts_on and months.ends_on
    group by usage_events.customer_id
),

paid as (
    select
        customer_id,
        sum(case when month_number = 1 then paid_amount else 0 end) as paid_amount,
        sum(case when month_number > 1 then paid_amount else 0 end) as earlier_amount,
        sum(case when month_number > 1 and paid_amount > 0 then 1 else 0 end) as earlier_paid_months
    from bills
    group by customer_id
),

final as (
    select
        paid.customer_id,
        months.ends_on as month_end,
        paid.paid_amount,
        paid.earlier_amount,
        paid.earlier_paid_months,
        coalesce(session_time.session_microseconds, 0) as session_microseconds,
        coalesce(session_time.earlier_microseconds, 0) as earlier_microseconds
    from paid
    inner join months on months.month_number = 1
    left join session_time on paid.customer_id = session_time.customer_id
)

select * from final
