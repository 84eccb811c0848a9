{%- set sources = ['tickets'] -%}
{%- set counts = [
    'tickets_opened', 'tickets_unanswered', 'sla_decided_tickets', 'sla_met_tickets',
] %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

tickets as (
    select * from {{ ref('int_support_totals') }}
),

keys as (
    {{ kpi_keys(sources) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {%- for count in counts %}
        cast(coalesce(tickets.{{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        tickets.median_first_response_minutes,
        tickets.p90_first_response_minutes,
        tickets.median_first_response_business_minutes,
        tickets.median_resolution_minutes
    from keys
    {{ join_kpi_sources(sources) }}
),

final as (
    select
        *,
        {{ first_response_within_sla_rate('sla_met_tickets', 'sla_decided_tickets') }}
            as first_response_within_sla_rate
    from totals
)

select * from final
