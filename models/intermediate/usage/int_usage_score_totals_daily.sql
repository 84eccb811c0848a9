-- Usage scores added up by Sunday and segment.

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
    {{ join_plan_of_day('scores.customer_id', 'scores.week_end') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
),

totals as (
    select
        week_end,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(usage_score) as usage_score_sum
    from segmented
    group by {{ segment_sets(['week_end']) }}  -- noqa: PRS
)

select * from totals
