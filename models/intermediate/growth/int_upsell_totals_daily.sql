-- Upsells whose 90 days are over, by the day on which they were and segment, and those after which
-- the customer left.

with

upsells as (
    select
        *,
        case when churned_within_90_days then 1 else 0 end as is_churned
    from {{ ref('int_plan_changes') }}
    where change_type = 'upsell' and followed_until <= {{ as_of_date() }}
),

segmented as (
    {{ segmented_by_day('upsells', 'changed_on', ['followed_until', 'is_churned']) }}
),

totals as (
    select
        followed_until,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as observed_upsells,
        sum(is_churned) as churned_upsells
    from segmented
    group by {{ segment_sets(['followed_until']) }}  -- noqa: PRS
)

select * from totals
