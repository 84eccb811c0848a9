-- Onboarding by period and segment: deadlines that are over by the day of the deadline, first
-- values by the day of the sign-up. Medians do not add up, so each period takes its own.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
    where deadline_on is not null
),

dated as (
    select
        customer_id,
        deadline_on as counted_on,
        1 as due_customers,
        case when status = 'completed' then 1 else 0 end as completed_customers,
        days_to_onboard,
        0 as signed_up_customers,
        0 as first_value_customers,
        cast(null as integer) as days_to_first_value
    from onboarding
    where is_due
    union all
    select
        customer_id,
        signed_up_on as counted_on,
        0 as due_customers,
        0 as completed_customers,
        cast(null as integer) as days_to_onboard,
        1 as signed_up_customers,
        case when first_value_on is not null then 1 else 0 end as first_value_customers,
        days_to_first_value
    from onboarding
),

segmented as (
    {{ in_segments(
        'dated',
        'counted_on',
        [
            'counted_on',
            'due_customers',
            'completed_customers',
            'days_to_onboard',
            'signed_up_customers',
            'first_value_customers',
            'days_to_first_value',
        ],
        'segments',
    ) }}
),

totals as (
    select
        period_days.period_grain,
        period_days.period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(segmented.due_customers) as due_customers,
        sum(segmented.completed_customers) as completed_customers,
        {{ percentile('segmented.days_to_onboard', 0.5) }} as median_days_to_onboard,
        sum(segmented.signed_up_customers) as signed_up_customers,
        sum(segmented.first_value_customers) as first_value_customers,
        {{ percentile('segmented.days_to_first_value', 0.5) }} as median_days_to_first_value
    from segmented
    inner join period_days on segmented.counted_on = period_days.day_on
    group by {{ segment_sets(['period_grain', 'period_start']) }}
)

select * from totals
