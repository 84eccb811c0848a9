{%- set plans = ref('customer_success', 'stg_plans') -%}
{%- set items = ref('customer_success', 'stg_subscription_items') %}

with

{% if raw_table_is_present('plans') -%}
plans as (
    select * from {{ plans }}
),
{%- else -%}
subscription_items as (
    select * from {{ items }}
),

-- without the table, plans are what items name, and nobody knows of which product
plans as (
    select distinct
        plan_id,
        '(none)' as product_id,
        cast(null as {{ dbt.type_string() }}) as plan_name,
        cast(null as integer) as tier_rank,
        false as is_free,
        false as is_deleted
    from subscription_items
),
{%- endif %}

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
