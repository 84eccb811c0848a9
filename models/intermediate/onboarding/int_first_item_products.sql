-- The product of each customer's first item, trials included.

with

items as (
    select * from {{ ref('customer_success', 'stg_subscription_items') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'stg_subscriptions') }}
),

plans as (
    select * from {{ ref('customer_success', 'stg_plans') }}
),

numbered as (
    select
        subscriptions.customer_id,
        coalesce(plans.product_id, '(none)') as product_id,
        row_number() over (
            partition by subscriptions.customer_id
            order by items.valid_from, {{ binary_collation('items.subscription_item_id') }}
        ) as item_number
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    left join plans on items.plan_id = plans.plan_id
),

first_products as (
    select
        customer_id,
        product_id
    from numbered
    where item_number = 1
)

select * from first_products
