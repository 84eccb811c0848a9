-- Tickets by the day on which they were opened and segment.

with

tickets as (
    select * from {{ ref('int_support_ticket_segments') }}
),

totals as (
    select
        opened_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as tickets_opened,
        count(*) - count(first_response_minutes) as tickets_unanswered,
        count(is_within_sla) as sla_decided_tickets,
        sum(case when is_within_sla then 1 else 0 end) as sla_met_tickets
    from tickets
    group by {{ segment_sets(['opened_on']) }}  -- noqa: PRS
)

select * from totals
