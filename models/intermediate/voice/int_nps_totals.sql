-- NPS answers by period and segment: of each respondent the latest in the period, which is the one
-- whose next comes after the period's closing.

with

answers as (
    select * from {{ ref('int_survey_responses') }}
    where nps_group is not null
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

followed as (
    select
        customer_id,
        responded_on,
        nps_group,
        lead(responded_on) over (
            partition by customer_id, respondent_id
            order by responded_at, sent_at, {{ byte_order('response_id') }}
        ) as next_responded_on
    from answers
),

segmented as (
    {{ segmented_by_day(
        'followed', 'responded_on',
        ['responded_on', 'next_responded_on', 'nps_group'],
    ) }}
),

totals as (
    select
        period_days.period_grain,
        period_days.period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        {%- for group in ['promoter', 'passive', 'detractor'] %}
        sum(case when segmented.nps_group = '{{ group }}' then 1 else 0 end) as {{ group }}s,
        {%- endfor %}
        count(*) as nps_answers
    from segmented
    inner join period_days
        on segmented.responded_on = period_days.day_on
            and (
                segmented.next_responded_on > period_days.closing_on
                or segmented.next_responded_on is null
            )
    group by {{ segment_sets(['period_grain', 'period_start']) }}  -- noqa: PRS
)

select * from totals
