-- Customers that are active at a period's closing and had a community activity in the period, by
-- segment.

with

activities as (
    select distinct
        customer_id,
        occurred_on
    from {{ ref('customer_success', 'fct_community_activities') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

plan_spans as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
    where mrr_after > 0
),

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

participants as (
    select distinct
        period_days.period_grain,
        period_days.period_start,
        period_days.closing_on,
        activities.customer_id
    from activities
    inner join period_days on activities.occurred_on = period_days.day_on
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        participants.period_grain,
        participants.period_start
    from participants
    inner join plan_spans
        on participants.customer_id = plan_spans.customer_id
            and participants.closing_on >= plan_spans.changed_on
            and (
                participants.closing_on < plan_spans.next_changed_on
                or plan_spans.next_changed_on is null
            )
    inner join customer_segments on participants.customer_id = customer_segments.customer_id
    left join plan_segments on plan_spans.plan_id_after = plan_segments.plan_id
),

totals as (
    select
        period_grain,
        period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as community_customers
    from segmented
    group by {{ segment_sets(['period_grain', 'period_start']) }}
)

select * from totals
