-- What onboarding is counted by, each with its day: a deadline that is over, and a sign-up.

with

onboarding as (
    select * from {{ ref('int_onboarding') }}
    where deadline_on is not null
),

dated as (
    select
        customer_id,
        deadline_on as counted_on,
        1 as due_customers,
        case when status = 'completed' then 1 else 0 end as completed_customers,
        days_to_onboard,
        0 as signed_up_customers,
        0 as first_value_customers,
        cast(null as integer) as days_to_first_value
    from onboarding
    where is_due
    union all
    select
        customer_id,
        signed_up_on as counted_on,
        0 as due_customers,
        0 as completed_customers,
        cast(null as integer) as days_to_onboard,
        1 as signed_up_customers,
        case when first_value_on is not null then 1 else 0 end as first_value_customers,
        days_to_first_value
    from onboarding
),

segmented as (
    {{ segmented_by_day(
        'dated',
        'counted_on',
        [
            'counted_on',
            'due_customers',
            'completed_customers',
            'days_to_onboard',
            'signed_up_customers',
            'first_value_customers',
            'days_to_first_value',
        ],
    ) }}
)

select * from segmented
