with

plans as (
    select * from {{ ref('customer_success', 'int_plans') }}
),

products as (
    select * from {{ ref('customer_success', 'stg_products') }}
),

final as (
    select
        plans.plan_id,
        plans.product_id,
        plans.plan_name,
        products.product_name,
        plans.tier_rank,
        plans.is_free,
        {{ is_top_tier('plans.tier_rank', 'plans.product_id', 'plans.is_deleted') }} as is_top_tier
    from plans
    left join products on plans.product_id = products.product_id
)

select * from final
