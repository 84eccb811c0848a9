-- At the end of each day, by segment: customers that have ordered and what they have paid so far.

with

order_changes as (
    select * from {{ ref('int_order_changes') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

totals as (
    {{ running_totals_daily('order_changes', ['ordering_customers', 'order_revenue']) }}
)

select * from totals
