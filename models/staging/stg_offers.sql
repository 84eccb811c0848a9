with

checked as (
    select * from {{ ref('customer_success', 'base_offers') }}
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
        {{ timestamp_by_as_of('decided_at') }} as decided_at,
        {{ date_by_as_of('decided_at') }} as decided_on,
        case when {{ is_by_as_of('decided_at') }} then outcome end as outcome
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('offered_at') }}
)

select * from until_as_of
