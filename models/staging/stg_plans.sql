with

checked as (
    select * from {{ ref('customer_success', 'base_plans') }}
    where row_status = 'used'
),

dated as (
    select
        plan_id,
        product_id,
        plan_name,
        tier_rank,
        list_monthly_price,
        currency_code,
        is_free
    from checked
)

select * from dated
