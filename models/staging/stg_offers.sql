with

checked as (
    select * from {{ ref('base_offers') }}
    where row_status = 'used'
),

dated as (
    select
        offer_id,
        customer_id,
        campaign_id,
        offer_type,
        offered_plan_id,
        offered_at,
        {{ local_date('offered_at') }} as offered_on,
        {{ known_at('decided_at') }} as decided_at,
        {{ known_on('decided_at') }} as decided_on,
        case when {{ is_known('decided_at') }} then outcome end as outcome
    from checked
),

known as (
    select * from dated
    where {{ is_known('offered_at') }}
)

select * from known
