-- The months whose health is computed, each with a hash of all that it is computed from: what the
-- signals say on its last day, and who was active then with what deadline for onboarding. Where it
-- differs from the one that a month was computed with, the month is computed again.

{%- set tables = [
    'sessions', 'feature_events', 'onboarding_events', 'support_tickets', 'orders',
    'campaign_touches', 'community_activities',
] %}

with

months as (
    select * from {{ ref('int_periods') }}
    where period_grain = 'month'
),

signals as (
    select * from {{ ref('int_health_signals') }}
),

active_spans as (
    select * from {{ ref('int_active_spans') }}
),

onboarding as (
    select * from {{ ref('int_onboarding') }}
),

-- whoever has a deadline, is in progress even before it
deadlines as (
    select
        active_spans.*,
        onboarding.deadline_on
    from active_spans
    left join onboarding on active_spans.customer_id = onboarding.customer_id
),

hashed as (
    select
        from_on,
        last_on,
        {{ row_hash(['customer_id', 'signal', 'said', 'from_on', 'last_on']) }} as row_hash
    from signals
    union all
    -- whoever left within the last weeks of use was there on some of their Sundays
    select
        from_on,
        {{ add_days('to_on', 7 * health_usage_weeks() - 1) }} as last_on,
        {{ row_hash(['customer_id', 'from_on', 'to_on', 'deadline_on']) }} as row_hash
    from deadlines
),

-- what speaks on a day is what began to until then, less what had ceased to
turns as (
    select
        from_on as day_on,
        sum(row_hash) as hash_change
    from hashed
    group by from_on
    union all
    select
        {{ add_days('last_on', 1) }} as day_on,
        -sum(row_hash) as hash_change
    from hashed
    where last_on is not null
    group by last_on
),

month_hashes as (
    select
        months.closing_on as month_end,
        '{{ landed_tables(tables) | join(" ") }}:'
        || cast(sum(turns.hash_change) as {{ dbt.type_string() }}) as signals_hash
    from months
    inner join turns on months.closing_on >= turns.day_on
    group by months.closing_on
)

select * from month_hashes
