with

checked as (
    select * from {{ ref('customer_success', 'base_sessions') }}
    where row_status = 'used'
),

dated as (
    select
        session_id,
        customer_id,
        user_id,
        started_at,
        {{ local_date('started_at') }} as started_on,
        ended_at,
        {{ local_date('ended_at') }} as ended_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('started_at') }}
)

select * from until_as_of
