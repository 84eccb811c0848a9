with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'stg_subscriptions') }}
),

items as (
    select * from {{ ref('customer_success', 'stg_subscription_items') }}
),

costs as (
    select * from {{ ref('customer_success', 'stg_acquisition_costs') }}
),

plan_items as (
    select
        customers.customer_id,
        plans.*
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    inner join customers on subscriptions.customer_id = customers.customer_id
    inner join plans on items.plan_id = plans.plan_id
),

counts as (
    {{ segment_value_counts('customers', 'plan_items', 'costs') }}
),

merged as (
    {{ merged_values('counts') }}
)

select * from merged
