-- NPS answers by period and segment: of each respondent the latest in the period, which is the one
-- whose next answer comes after the period's closing.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

answers as (
    select * from {{ ref('customer_success', 'fct_survey_responses') }}
    where nps_group is not null
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

followed as (
    select
        customer_id,
        responded_on,
        nps_group,
        lead(responded_on) over (
            partition by customer_id, respondent_id
            order by responded_at, sent_at, {{ binary_collation('response_id') }}
        ) as next_responded_on
    from answers
),

segmented as (
    {{ in_segments(
        'followed', 'responded_on', ['responded_on', 'next_responded_on', 'nps_group'], 'segments',
        or_nobody=true
    ) }}
),

totals as (
    select
        period_days.period_grain,
        period_days.period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        {{ count_where("segmented.nps_group = 'promoter'") }} as promoters,
        {{ count_where("segmented.nps_group = 'passive'") }} as passives,
        {{ count_where("segmented.nps_group = 'detractor'") }} as detractors,
        count(*) as nps_answers
    from segmented
    inner join period_days
        on segmented.responded_on = period_days.day_on
            and (
                segmented.next_responded_on > period_days.closing_on
                or segmented.next_responded_on is null
            )
    group by {{ segment_sets(['period_grain', 'period_start']) }}
)

select * from totals
