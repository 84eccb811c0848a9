-- Tickets by the period in which they were opened and segment. Percentiles do not add up, so each
-- period takes its own.

with

tickets as (
    select * from {{ ref('int_support_tickets') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
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
        tickets.opened_on,
        tickets.first_response_minutes,
        tickets.first_response_business_minutes,
        tickets.resolution_minutes,
        case when tickets.is_within_sla then 1 when not tickets.is_within_sla then 0 end
            as is_within_sla
    from tickets
    inner join customer_segments on tickets.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('tickets.customer_id', 'tickets.opened_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
),

totals as (
    select
        period_days.period_grain,
        period_days.period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as tickets_opened,
        count(*) - count(segmented.first_response_minutes) as tickets_unanswered,
        {{ percentile('segmented.first_response_minutes', 0.5) }} as median_first_response_minutes,
        {{ percentile('segmented.first_response_minutes', 0.9) }} as p90_first_response_minutes,
        {{ percentile('segmented.first_response_business_minutes', 0.5) }}
            as median_first_response_business_minutes,
        count(segmented.is_within_sla) as sla_decided_tickets,
        coalesce(sum(segmented.is_within_sla), 0) as sla_met_tickets,
        {{ percentile('segmented.resolution_minutes', 0.5) }} as median_resolution_minutes
    from segmented
    inner join period_days on segmented.opened_on = period_days.day_on
    group by {{ segment_sets(['period_grain', 'period_start']) }}  -- noqa: PRS
)

select * from totals
