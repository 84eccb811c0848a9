with

trials as (
    select * from {{ ref('int_trials') }}
),

final as (
    select
        subscription_id,
        customer_id,
        trial_started_on,
        trial_ended_on,
        converted_on,
        is_converted,
        onboarded_within_24_hours
    from trials
)

select * from final
