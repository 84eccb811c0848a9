{%- set sources = ['answers', 'surveys'] -%}
{%- set survey_counts = [
    'surveys_sent', 'surveys_answered', 'csat_answers', 'csat_satisfied_answers', 'ces_answers',
    'ces_score_sum',
] -%}
{%- set counts = ['nps_answers', 'promoters', 'passives', 'detractors'] + survey_counts %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

answers as (
    select * from {{ ref('int_nps_totals') }}
),

surveys_daily as (
    select * from {{ ref('int_survey_totals_daily') }}
),

surveys as (
    {{ period_totals('surveys_daily', 'counted_on', survey_counts) }}
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
        {%- for count in counts %}
        cast(coalesce({{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        keys.segment_type,
        keys.segment_value
    from keys
    {{ join_kpi_sources(sources) }}
),

netted as (
    select
        *,
        promoters - detractors as net_promoters
    from totals
    where {{ is_counted(counts) }}
),

final as (
    select
        *,
        {{ nps('net_promoters', 'nps_answers') }} as nps,
        {{ response_rate('surveys_answered', 'surveys_sent') }} as nps_response_rate,
        {{ csat('csat_satisfied_answers', 'csat_answers') }} as csat,
        {{ ces('ces_score_sum', 'ces_answers') }} as ces
    from netted
)

select * from final
