with

checked as (
    select * from {{ ref('base_subscriptions') }}
    where row_status = 'used'
),

dated as (
    select
        subscription_id,
        customer_id,
        {{ known_at('trial_started_at') }} as trial_started_at,
        {{ known_on('trial_started_at') }} as trial_started_on,
        {{ known_at('trial_ended_at') }} as trial_ended_at,
        {{ known_on('trial_ended_at') }} as trial_ended_on,
        {{ known_at('started_at') }} as started_at,
        {{ known_on('started_at') }} as started_on,
        {{ known_at('cancel_requested_at') }} as cancel_requested_at,
        {{ known_on('cancel_requested_at') }} as cancel_requested_on,
        {{ known_at('ended_at') }} as ended_at,
        {{ known_on('ended_at') }} as ended_on,
        case
            when {{ is_known('cancel_requested_at') }} or {{ is_known('ended_at') }}
                then cancel_reason_code
        end as cancel_reason_code
    from checked
)

select * from dated
