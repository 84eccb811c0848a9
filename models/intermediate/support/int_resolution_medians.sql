-- Minutes to the resolution, by the period in which tickets were opened and segment.

with

tickets as (
    select * from {{ ref('customer_success', 'int_support_ticket_segments') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

percentiles as (
    {{ percentiles_by_period(
        'tickets', 'opened_on', 'resolution_minutes',
        {'median_resolution_minutes': 0.5},
        'period_days',
        further=ticket_segment_types(),
    ) }}
)

select * from percentiles
