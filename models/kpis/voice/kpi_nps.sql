with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

nps_totals as (
    select * from {{ ref('customer_success', 'int_nps_totals') }}
),

responses as (
    select * from {{ ref('customer_success', 'fct_survey_responses') }}
),

nps_surveys as (
    select * from responses
    where survey_type = 'nps'
),

answers as (
    select * from responses
    where survey_type in ('csat', 'ces') and responded_on is not null
),

sent as (
    {{ counted_by_period(
        'nps_surveys', day='sent_on',
        measures={'surveys_sent': 'count(*)', 'surveys_answered': 'count(responded_on)'},
        segments='segments', period_days='period_days', or_nobody=true,
    ) }}
),

answered as (
    {{ counted_by_period(
        'answers', day='responded_on',
        measures={
            'csat_answers': count_where("survey_type = 'csat'"),
            'csat_satisfied_answers': count_where(
                "survey_type = 'csat' and " ~ is_satisfied('score')
            ),
            'ces_answers': count_where("survey_type = 'ces'"),
            'ces_score_sum': "sum(case when survey_type = 'ces' then score else 0 end)",
        },
        segments='segments', period_days='period_days', or_nobody=true,
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['nps_totals', 'sent', 'answered']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('nps_totals.nps_answers') }} as nps_answers,
        {{ count_or_zero('nps_totals.promoters') }} as promoters,
        {{ count_or_zero('nps_totals.passives') }} as passives,
        {{ count_or_zero('nps_totals.detractors') }} as detractors,
        {{ count_or_zero('sent.surveys_sent') }} as surveys_sent,
        {{ count_or_zero('sent.surveys_answered') }} as surveys_answered,
        {{ count_or_zero('answered.csat_answers') }} as csat_answers,
        {{ count_or_zero('answered.csat_satisfied_answers') }} as csat_satisfied_answers,
        {{ count_or_zero('answered.ces_answers') }} as ces_answers,
        {{ count_or_zero('answered.ces_score_sum') }} as ces_score_sum
    from keys
    {{ join_kpi_sources('keys', ['nps_totals', 'sent', 'answered']) }}
),

netted as (
    select
        *,
        promoters - detractors as net_promoters
    from totals
    where {{ has_activity(['nps_answers', 'surveys_sent', 'csat_answers', 'ces_answers']) }}
),

final as (
    select
        *,
        {{ nps('net_promoters', 'nps_answers') }} as nps,
        {{ ratio('surveys_answered', 'surveys_sent') }} as nps_response_rate,
        {{ ratio('csat_satisfied_answers', 'csat_answers') }} as csat,
        {{ ratio('ces_score_sum', 'ces_answers') }} as ces
    from netted
)

select * from final
