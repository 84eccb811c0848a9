-- Trials by the day they ended and segment.

with

trials as (
    select * from {{ ref('int_trials') }}
    where trial_ended_on is not null
),

judged as (
    select
        customer_id,
        trial_ended_on,
        case when is_converted then 1 else 0 end as is_converted,
        -- null where onboarding is not known
        case
            when onboarded_within_24_hours then 1
            when not onboarded_within_24_hours then 0
        end as is_fast
    from trials
),

segmented as (
    {{ segmented_by_day(
        'judged', 'trial_ended_on',
        ['trial_ended_on', 'is_converted', 'is_fast'],
    ) }}
),

totals as (
    select
        trial_ended_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as trials_ended,
        sum(is_converted) as trials_converted,
        sum(is_fast) as fast_trials_ended,
        sum(is_fast * is_converted) as fast_trials_converted
    from segmented
    group by {{ segment_sets(['trial_ended_on']) }}  -- noqa: PRS
)

select * from totals
