with

onboarding as (
    select * from {{ ref('int_onboarding') }}
),

final as (
    select
        customer_id,
        signed_up_on,
        deadline_on,
        is_due,
        completed_on,
        status,
        days_to_onboard,
        first_value_on,
        days_to_first_value
    from onboarding
)

select * from final
