-- Usage scores added up by Sunday and segment. A customer that is active on a Sunday has a primary
-- plan on that day.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

scores as (
    select * from {{ ref('customer_success', 'fct_usage_scores') }}
),

segmented as (
    {{ in_segments('scores', 'week_end', ['week_end', 'usage_score'], 'segments') }}
),

totals as (
    select
        week_end,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        -- as decimals, whose sum does not depend on the order
        sum(cast(usage_score as numeric(18, 10))) as usage_score_sum
    from segmented
    group by {{ segment_sets(['week_end']) }}
)

select * from totals
