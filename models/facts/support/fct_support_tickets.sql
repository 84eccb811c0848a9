-- A view: int_support_tickets, which has the times to the microsecond too, is stored once.

{{ config(materialized='view') }}

with

tickets as (
    select * from {{ ref('customer_success', 'int_support_tickets') }}
),

final as (
    select
        ticket_id,
        customer_id,
        opened_on,
        priority,
        channel,
        first_response_minutes,
        first_response_business_minutes,
        resolution_minutes,
        is_within_sla,
        first_responded_on,
        resolved_on
    from tickets
)

select * from final
