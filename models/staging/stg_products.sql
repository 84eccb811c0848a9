with

checked as (
    select * from {{ ref('customer_success', 'base_products') }}
    where {{ is_usable(raw_table_contract('products')) }}
),

dated as (
    select
        product_id,
        product_name,
        row_status = 'deleted' as is_deleted
    from checked
)

select * from dated
