with

checked as (
    select * from {{ ref('customer_success', 'base_orders') }}
    where row_status = 'used'
),

dated as (
    select
        order_id,
        customer_id,
        ordered_at,
        {{ local_date('ordered_at') }} as ordered_on,
        order_type,
        is_automatic,
        product_id,
        gross_amount,
        refunded_amount,
        currency_code,
        status
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('ordered_at') }}
)

select * from until_as_of
