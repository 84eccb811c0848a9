{%- set sources = ['tickets', 'first_responses', 'business_responses', 'resolutions'] -%}
{%- set counts = [
    'tickets_opened', 'tickets_unanswered', 'sla_decided_tickets', 'sla_met_tickets',
] %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

tickets_daily as (
    select * from {{ ref('int_support_totals_daily') }}
),

first_responses as (
    select * from {{ ref('int_first_response_percentiles') }}
),

business_responses as (
    select * from {{ ref('int_first_response_business_medians') }}
),

resolutions as (
    select * from {{ ref('int_resolution_medians') }}
),

tickets as (
    {{ period_totals('tickets_daily', 'opened_on', counts) }}
),

keys as (
    {{ kpi_keys(['tickets']) }}
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
        first_responses.median_first_response_minutes,
        first_responses.p90_first_response_minutes,
        business_responses.median_first_response_business_minutes,
        resolutions.median_resolution_minutes
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
