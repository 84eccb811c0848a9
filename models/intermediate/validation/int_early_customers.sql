-- Customers whose first active day is at least a year ago: whether they were active a year after
-- it, and which days count as early.

with

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
    where first_active_on is not null
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

active_spans as (
    select * from {{ ref('customer_success', 'int_active_spans') }}
),

anniversaries as (
    select
        activity.customer_id,
        customers.signed_up_on as early_from_on,
        {{ add_days('customers.signed_up_on', var('early_days')) }} as early_to_on,
        {{ add_months('activity.first_active_on', 12) }} as anniversary_on
    from activity
    inner join customers on activity.customer_id = customers.customer_id
),

early_customers as (
    select
        anniversaries.customer_id,
        anniversaries.early_from_on,
        anniversaries.early_to_on,
        case when active_spans.customer_id is not null then 1 else 0 end as retained
    from anniversaries
    left join active_spans
        on anniversaries.customer_id = active_spans.customer_id
            and anniversaries.anniversary_on >= active_spans.from_on
            and (anniversaries.anniversary_on < active_spans.to_on or active_spans.to_on is null)
    where anniversaries.anniversary_on <= {{ as_of_date() }}
)

select * from early_customers
