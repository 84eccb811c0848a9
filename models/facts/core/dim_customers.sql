with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
),

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'int_subscription_spans') }}
),

running_trials as (
    select distinct customer_id
    from subscriptions
    where trial_started_on is not null
        and trial_ended_on is null
        and ended_on is null
        and started_on is null
),

final as (
    select
        customers.customer_id,
        customers.customer_name,
        customers.signed_up_on,
        customers.country_code,
        customers.industry,
        customers.company_size,
        customers.acquisition_channel,
        customers.csm_owner,
        customers.signup_fiscal_year,
        activity.first_active_on,
        activity.last_active_on,
        coalesce(activity.is_active, false) as is_active,
        cast(coalesce(activity.current_mrr, 0) as numeric(18, 4)) as current_mrr,
        activity.current_plan_id,
        plans.product_id as current_product_id,
        case
            when activity.is_active then 'active'
            when activity.first_active_on is not null then 'churned'
            when running_trials.customer_id is not null then 'trial'
            else 'prospect'
        end as status
    from customers
    left join activity on customers.customer_id = activity.customer_id
    left join plans on activity.current_plan_id = plans.plan_id
    left join running_trials on customers.customer_id = running_trials.customer_id
)

select * from final
