-- What left in each month, by segment, whether the month is reported or not; by plan and product
-- under the primary plan at opening.

with

month_states as (
    select * from {{ ref('int_mrr_period_states') }}
    where period_grain = 'month' and opening_mrr > 0 and closing_mrr = 0
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        month_states.period_start,
        month_states.opening_mrr
    from month_states
    inner join customer_segments on month_states.customer_id = customer_segments.customer_id
    left join plan_segments on month_states.opening_plan_id = plan_segments.plan_id
),

totals as (
    select
        period_start as month_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as churned_customers,
        sum(opening_mrr) as churn_mrr
    from segmented
    group by {{ segment_sets(['period_start']) }}  -- noqa: PRS
)

select * from totals
