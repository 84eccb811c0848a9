with

checked as (
    select * from {{ ref('customer_success', 'base_subscriptions') }}
    where row_status = 'used'
),

dated as (
    select
        subscription_id,
        customer_id,
        {{ timestamp_by_as_of('trial_started_at') }} as trial_started_at,
        {{ date_by_as_of('trial_started_at') }} as trial_started_on,
        {{ timestamp_by_as_of('trial_ended_at') }} as trial_ended_at,
        {{ date_by_as_of('trial_ended_at') }} as trial_ended_on,
        {{ timestamp_by_as_of('started_at') }} as started_at,
        {{ date_by_as_of('started_at') }} as started_on,
        {{ timestamp_by_as_of('cancel_requested_at') }} as cancel_requested_at,
        {{ date_by_as_of('cancel_requested_at') }} as cancel_requested_on,
        {{ timestamp_by_as_of('ended_at') }} as ended_at,
        {{ date_by_as_of('ended_at') }} as ended_on,
        case
            when {{ is_by_as_of('cancel_requested_at') }} or {{ is_by_as_of('ended_at') }}
                then cancel_reason_code
        end as cancel_reason_code
    from checked
)

select * from dated
