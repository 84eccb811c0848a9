-- Usage scores added up by Sunday and segment. Who is active on a Sunday has a primary plan on it.

with

scores as (
    select * from {{ ref('int_usage_scores') }}
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
        scores.week_end,
        scores.usage_score
    from scores
    inner join customer_segments on scores.customer_id = customer_segments.customer_id
    inner join plan_spans
        on scores.customer_id = plan_spans.customer_id
            and scores.week_end >= plan_spans.from_on
            and (scores.week_end < plan_spans.to_on or plan_spans.to_on is null)
    inner join plan_segments on plan_spans.plan_id = plan_segments.plan_id
),

totals as (
    select
        week_end,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        -- as decimals, whose sum is the same in whatever order they come
        sum(cast(usage_score as numeric(18, 10))) as usage_score_sum
    from segmented
    group by {{ segment_sets(['week_end']) }}  -- noqa: PRS
)

select * from totals
