-- Onboarding by period and segment. Medians do not add up, so each period takes its own.

with

dated as (
    select * from {{ ref('int_onboarding_dated') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

totals as (
    select
        period_days.period_grain,
        period_days.period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(dated.due_customers) as due_customers,
        sum(dated.completed_customers) as completed_customers,
        {{ percentile('dated.days_to_onboard', 0.5) }} as median_days_to_onboard,
        sum(dated.signed_up_customers) as signed_up_customers,
        sum(dated.first_value_customers) as first_value_customers,
        {{ percentile('dated.days_to_first_value', 0.5) }} as median_days_to_first_value
    from dated
    inner join period_days on dated.counted_on = period_days.day_on
    group by {{ segment_sets(['period_grain', 'period_start']) }}  -- noqa: PRS
)

select * from totals
