-- Upsells whose 90 days are over, by the day on which they were and segment, and those after which
-- the customer left.

with

upsells as (
    select * from {{ ref('int_plan_changes') }}
    where change_type = 'upsell' and followed_until <= {{ as_of_date() }}
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
        upsells.followed_until,
        case when upsells.churned_within_90_days then 1 else 0 end as is_churned
    from upsells
    inner join customer_segments on upsells.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('upsells.customer_id', 'upsells.changed_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
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
