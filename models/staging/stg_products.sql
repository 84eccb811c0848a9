with

checked as (
    select * from {{ ref('customer_success', 'base_products') }}
    where row_status = 'used'
),

dated as (
    select
        product_id,
        product_name
    from checked
)

select * from dated
