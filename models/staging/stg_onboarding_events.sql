with

checked as (
    select * from {{ ref('base_onboarding_events') }}
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

known as (
    select * from dated
    where {{ is_known('occurred_at') }}
)

select * from known
