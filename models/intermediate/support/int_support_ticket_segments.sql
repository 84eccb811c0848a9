-- Tickets with the segments that they are counted in.

with

tickets as (
    select * from {{ ref('int_support_tickets') }}
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
        tickets.ticket_id,
        tickets.opened_on,
        tickets.first_response_minutes,
        tickets.first_response_business_minutes,
        tickets.resolution_minutes,
        tickets.is_within_sla
    from tickets
    inner join customer_segments on tickets.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('tickets.customer_id', 'tickets.opened_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
)

select * from segmented
