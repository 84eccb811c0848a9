-- Usage alerts: a low-usage streak, and overdue onboarding.

with

streaks as (
    select * from {{ ref('customer_success', 'fct_low_use_streaks') }}
    where is_open
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
    where status = 'missed'
),

paths as (
    select * from {{ ref('customer_success', 'int_onboarding_paths') }}
),

-- a path can be completed after its deadline, too
done_customers as (
    select distinct customer_id
    from paths
    where steps_done_at is not null
),

alerts as (
    select
        customer_id,
        'low_use' as alert_type,
        {{ add_days('streak_start', 7 * var('low_usage_weeks') | int - 1) }} as raised_on,
        {{ whole_number('weeks') }}
        || ' weeks with at most {{ var("low_usage_minutes") }} minutes of use, since '
        || {{ day_text('streak_start') }} as evidence
    from streaks
    union all
    select
        onboarding.customer_id,
        'onboarding_overdue' as alert_type,
        onboarding.deadline_on as raised_on,
        'onboarding was due on ' || {{ day_text('onboarding.deadline_on') }} || ', '
        || {{ whole_number(days_between('onboarding.signed_up_on', 'onboarding.deadline_on')) }}
        || ' days after sign-up, and is not done' as evidence
    from onboarding
    left join done_customers on onboarding.customer_id = done_customers.customer_id
    where done_customers.customer_id is null
)

select * from alerts
