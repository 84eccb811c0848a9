with

checked as (
    select * from {{ ref('customer_success', 'base_plans') }}
    where {{ is_usable(raw_table_contract('plans')) }}
),

dated as (
    select
        plan_id,
        product_id,
        plan_name,
        tier_rank,
        list_monthly_price,
        currency_code,
        is_free,
        row_status = 'deleted' as is_deleted
    from checked
)

select * from dated
