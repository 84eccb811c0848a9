-- Campaign touches by the day sent and segment, and what became of them.

with

touches as (
    select * from {{ ref('stg_campaign_touches') }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        touches.sent_on,
        touches.delivered_on,
        touches.opened_on,
        touches.clicked_on,
        touches.responded_on
    from touches
    inner join customer_segments on touches.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('touches.customer_id', 'touches.sent_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
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
