-- Every onboarding path that applies to a customer, and its progress. A step with within_days is
-- required; one without only marks the first value.

-- The check of their products needs these built:
-- depends_on: {{ ref('customer_success', 'stg_plans') }}
-- depends_on: {{ ref('customer_success', 'stg_products') }}

{{ config(pre_hook="{{ check_onboarding_products(
    config_seed('onboarding_rules'),
    ref('customer_success', 'stg_plans'),
    ref('customer_success', 'stg_products')
) }}") }}

with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

first_products as (
    select * from {{ ref('customer_success', 'int_first_item_products') }}
),

rules as (
    select * from {{ config_seed('onboarding_rules') }}
),

events as (
    select * from {{ ref('customer_success', 'stg_onboarding_events') }}
),

first_occurrences as (
    select
        customer_id,
        step_code,
        min(occurred_at) as first_at
    from events
    group by customer_id, step_code
),

steps as (
    select
        customers.customer_id,
        customers.signed_up_on,
        rules.path_id,
        rules.within_days,
        rules.is_first_value,
        first_occurrences.first_at,
        {{ local_date('first_occurrences.first_at') }}
        <= {{ add_days('customers.signed_up_on', 'rules.within_days') }} as is_in_time
    from customers
    left join first_products on customers.customer_id = first_products.customer_id
    inner join rules
        on rules.product_id is null or rules.product_id = first_products.product_id
    left join first_occurrences
        on customers.customer_id = first_occurrences.customer_id
            and rules.step_code = first_occurrences.step_code
),

paths as (
    select
        customer_id,
        signed_up_on,
        path_id,
        max(within_days) as longest_days,
        case
            when count(within_days) = sum(case when is_in_time then 1 else 0 end)
                then max(case when within_days is not null then first_at end)
        end as completed_at,
        case
            when count(within_days) = count(case when within_days is not null then first_at end)
                then max(case when within_days is not null then first_at end)
        end as steps_done_at,
        min(case when is_first_value then first_at end) as first_value_at
    from steps
    group by customer_id, signed_up_on, path_id
)

select * from paths
