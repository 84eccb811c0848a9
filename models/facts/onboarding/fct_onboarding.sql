-- Per customer: the onboarding deadline, and when onboarding was completed.

with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
    {% if not raw_table_is_present('onboarding_events') -%}
    where false  -- without the table onboarding is unknown
    {%- endif %}
),

paths as (
    select * from {{ ref('customer_success', 'int_onboarding_paths') }}
),

best_paths as (
    select
        customer_id,
        max(longest_days) as longest_days,
        min(completed_at) as completed_at,
        min(first_value_at) as first_value_at
    from paths
    group by customer_id
),

dated as (
    select
        customers.customer_id,
        customers.signed_up_on,
        {{ add_days('customers.signed_up_on', 'best_paths.longest_days') }} as deadline_on,
        best_paths.completed_at,
        {{ local_date('best_paths.completed_at') }} as completed_on,
        {{ local_date('best_paths.first_value_at') }} as first_value_on
    from customers
    left join best_paths on customers.customer_id = best_paths.customer_id
),

due as (
    select
        *,
        coalesce(deadline_on <= {{ as_of_date() }}, false) as is_due
    from dated
),

judged as (
    select
        *,
        case
            when completed_on is not null then 'completed'
            when is_due then 'missed'
            when deadline_on is not null then 'in_progress'
        end as status,
        {{ days_between('signed_up_on', 'completed_on') }} as days_to_onboard,
        {{ days_between('signed_up_on', 'first_value_on') }} as days_to_first_value
    from due
)

select * from judged
