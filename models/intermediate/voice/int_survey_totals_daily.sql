-- By day and segment: NPS surveys sent, with those that were answered, and answers to CSAT and CES
-- surveys, by the day they were given.

with

responses as (
    select * from {{ ref('int_survey_responses') }}
),

dated as (
    select
        customer_id,
        sent_on as counted_on,
        'sent' as counted,
        case when responded_on is not null then 1 else 0 end as is_answered,
        0 as score
    from responses
    where survey_type = 'nps'
    union all
    select
        customer_id,
        responded_on as counted_on,
        survey_type as counted,
        1 as is_answered,
        score
    from responses
    where survey_type in ('csat', 'ces') and responded_on is not null
),

segmented as (
    {{ segmented_by_day('dated', 'counted_on', ['counted_on', 'counted', 'is_answered', 'score']) }}
),

totals as (
    select
        counted_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(case when counted = 'sent' then 1 else 0 end) as surveys_sent,
        sum(case when counted = 'sent' then is_answered else 0 end) as surveys_answered,
        sum(case when counted = 'csat' then 1 else 0 end) as csat_answers,
        sum(case when counted = 'csat' and {{ is_satisfied('score') }} then 1 else 0 end)
            as csat_satisfied_answers,
        sum(case when counted = 'ces' then 1 else 0 end) as ces_answers,
        sum(case when counted = 'ces' then score else 0 end) as ces_score_sum
    from segmented
    group by {{ segment_sets(['counted_on']) }}  -- noqa: PRS
)

select * from totals
