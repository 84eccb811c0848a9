-- Campaign touches by the day sent and segment, and what became of them.

with

touches as (
    select * from {{ ref('stg_campaign_touches') }}
),

segmented as (
    {{ segmented_by_day(
        'touches', 'sent_on',
        ['sent_on', 'delivered_on', 'opened_on', 'clicked_on', 'responded_on'],
    ) }}
),

totals as (
    select
        sent_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as touches_sent,
        count(delivered_on) as touches_delivered,
        count(opened_on) as touches_opened,
        count(clicked_on) as touches_clicked,
        count(responded_on) as touches_responded
    from segmented
    group by {{ segment_sets(['sent_on']) }}  -- noqa: PRS
)

select * from totals
