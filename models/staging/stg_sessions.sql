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
        ended_at
    from checked
),

known as (
    select * from dated
    where started_on <= {{ as_of_date() }}
)

select * from known
