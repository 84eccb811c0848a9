with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

opened_tickets as (
    select * from {{ ref('customer_success', 'int_support_ticket_segments') }}
),

first_responses as (
    select * from {{ ref('customer_success', 'int_first_response_percentiles') }}
),

business_responses as (
    select * from {{ ref('customer_success', 'int_first_response_business_medians') }}
),

resolutions as (
    select * from {{ ref('customer_success', 'int_resolution_medians') }}
),

tickets as (
    {{ counted_by_period(
        'opened_tickets', day='opened_on',
        measures={
            'tickets_opened': 'count(*)',
            'tickets_unanswered': count_where(is_waiting('first_response_minutes', 'resolved_on')),
            'sla_decided_tickets': 'count(is_within_sla)',
            'sla_met_tickets': count_where('is_within_sla'),
        },
        segments=none, period_days='period_days', further=ticket_segment_types(),
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['tickets']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('tickets.tickets_opened') }} as tickets_opened,
        {{ count_or_zero('tickets.tickets_unanswered') }} as tickets_unanswered,
        {{ count_or_zero('tickets.sla_decided_tickets') }} as sla_decided_tickets,
        {{ count_or_zero('tickets.sla_met_tickets') }} as sla_met_tickets,
        first_responses.median_first_response_minutes,
        first_responses.p90_first_response_minutes,
        business_responses.median_first_response_business_minutes,
        resolutions.median_resolution_minutes
    from keys
    {{ join_kpi_sources(
        'keys', ['tickets', 'first_responses', 'business_responses', 'resolutions']
    ) }}
),

final as (
    select
        *,
        {{ ratio('sla_met_tickets', 'sla_decided_tickets') }} as first_response_within_sla_rate
    from totals
)

select * from final
