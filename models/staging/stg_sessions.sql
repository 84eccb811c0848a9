with

checked as (
    select * from {{ ref('base_sessions') }}
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

known as (
    select * from dated
    where {{ is_known('started_at') }}
)

select * from known
