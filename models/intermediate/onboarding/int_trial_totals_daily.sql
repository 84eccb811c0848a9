-- Trials by the day they ended and segment.

with

trials as (
    select * from {{ ref('int_trials') }}
    where trial_ended_on is not null
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        trials.trial_ended_on,
        case when trials.is_converted then 1 else 0 end as is_converted,
        -- null where onboarding is not known
        case
            when trials.onboarded_within_24_hours then 1
            when not trials.onboarded_within_24_hours then 0
        end as is_fast
    from trials
    inner join customer_segments on trials.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('trials.customer_id', 'trials.trial_ended_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
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
