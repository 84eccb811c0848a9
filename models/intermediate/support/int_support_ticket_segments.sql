-- Tickets with the segments that they are counted in.

with

tickets as (
    select * from {{ ref('int_support_tickets') }}
),

segmented as (
    {{ segmented_by_day(
        'tickets',
        'opened_on',
        [
            'ticket_id',
            'opened_on',
            'first_response_minutes',
            'first_response_business_minutes',
            'resolution_minutes',
            'is_within_sla',
        ],
    ) }}
)

select * from segmented
