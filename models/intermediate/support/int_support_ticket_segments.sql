-- Tickets with the segments that they are counted in, those of tickets only among them.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

support_tickets as (
    select * from {{ ref('customer_success', 'fct_support_tickets') }}
),

-- read where var segments chooses attributes of tickets
merged as ( -- noqa: ST03
    select * from {{ ref('customer_success', 'int_merged_ticket_values') }}
),

tickets as (
    select
        {% for type, value in ticket_attributes().items() if type in ticket_segment_types() -%}
        coalesce({{ reported_value(type, value) }}, '(none)') as {{ type }},
        {% endfor -%}
        support_tickets.*
    from support_tickets
    {{ join_merged_values('merged', ticket_attributes()) }}
),

segmented as (
    {{ in_segments(
        'tickets',
        'opened_on',
        [
            'ticket_id',
            'opened_on',
            'first_response_minutes',
            'first_response_business_minutes',
            'resolution_minutes',
            'is_within_sla',
            'resolved_on',
        ] + ticket_segment_types(),
        'segments',
        or_nobody=true,
    ) }}
)

select * from segmented
