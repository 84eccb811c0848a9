with

checked as (
    select * from {{ ref('customer_success', 'base_feature_events') }}
    where row_status = 'used'
),

dated as (
    select
        event_id,
        customer_id,
        user_id,
        feature_code,
        occurred_at,
        {{ local_date('occurred_at') }} as occurred_on,
        event_count
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('occurred_at') }}
        -- a count of 0 is no use
        and event_count > 0
)

select * from until_as_of
