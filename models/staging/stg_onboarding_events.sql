with

checked as (
    select * from {{ ref('customer_success', 'base_onboarding_events') }}
    where row_status = 'used'
),

dated as (
    select
        event_id,
        customer_id,
        step_code,
        occurred_at,
        {{ local_date('occurred_at') }} as occurred_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('occurred_at') }}
)

select * from until_as_of
