-- All that a customer's health is computed from: signals with their value and the days on which
-- they are valid, first and last (null: for good). A month's health is made of the signals that are
-- valid on its last day.

{{ config(materialized='view') }}

with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

orders as (
    select * from {{ ref('customer_success', 'stg_orders') }}
),

touches as (
    select * from {{ ref('customer_success', 'fct_campaign_touches') }}
    where responded_on is not null
),

activities as (
    select * from {{ ref('customer_success', 'fct_community_activities') }}
),

signals as (
    -- the last complete weeks: those whose Sunday is among the month's last Sundays
    select
        customer_id,
        'usage' as signal_type,
        cast(usage_score as numeric(18, 10)) as signal_value,
        week_end as from_on,
        {{ add_days('week_end', 7 * health_usage_weeks() - 1) }} as last_on
    from {{ ref('customer_success', 'fct_usage_scores') }}
    union all
    select
        customer_id,
        'nps' as signal_type,
        {{ health_of_nps_group('nps_group') }} as signal_value,
        from_on,
        last_on
    from {{ ref('customer_success', 'int_nps_spans') }}
    union all
    select
        customer_id,
        'open_ticket' as signal_type,
        1 as signal_value,
        {{ add_days('opened_on', var('health_open_ticket_days') | int + 1) }} as from_on,
        {{ add_days('resolved_on', -1) }} as last_on
    from {{ ref('customer_success', 'fct_support_tickets') }}
    union all
    select
        customer_id,
        'onboarding_completed' as signal_type,
        1 as signal_value,
        completed_on as from_on,
        cast(null as date) as last_on
    from {{ ref('customer_success', 'fct_onboarding') }}
    where completed_on is not null
    union all
    select
        customer_id,
        'onboarding_due' as signal_type,
        1 as signal_value,
        deadline_on as from_on,
        cast(null as date) as last_on
    from {{ ref('customer_success', 'fct_onboarding') }}
    where deadline_on is not null
    union all
    select
        customer_id,
        'failed_order' as signal_type,
        1 as signal_value,
        ordered_on as from_on,
        {{ add_days('ordered_on', var('health_payment_days')) }} as last_on
    from orders
    where status = 'failed'
    union all
    select
        customer_id,
        'order' as signal_type,
        1 as signal_value,
        min(ordered_on) as from_on,
        cast(null as date) as last_on
    from orders
    group by customer_id
    union all
    select
        customer_id,
        'engagement' as signal_type,
        1 as signal_value,
        responded_on as from_on,
        {{ add_days('responded_on', var('health_engagement_days')) }} as last_on
    from touches
    union all
    select
        customer_id,
        'engagement' as signal_type,
        1 as signal_value,
        occurred_on as from_on,
        {{ add_days('occurred_on', var('health_engagement_days')) }} as last_on
    from activities
),

counted as (
    select signals.*
    from signals
    inner join customers on signals.customer_id = customers.customer_id
    where signals.last_on is null or signals.last_on >= signals.from_on
)

select * from counted
