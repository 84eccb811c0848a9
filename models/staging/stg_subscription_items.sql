with

checked as (
    select * from {{ ref('base_subscription_items') }}
    where row_status = 'used'
),

dated as (
    select
        subscription_item_id,
        subscription_id,
        plan_id,
        quantity,
        unit_price,
        discount_rate,
        currency_code,
        billing_interval,
        valid_from,
        {{ local_date('valid_from') }} as valid_from_on,
        {{ known_at('valid_to') }} as valid_to,
        {{ known_on('valid_to') }} as valid_to_on
    from checked
),

known as (
    select * from dated
    where {{ is_known('valid_from') }}
)

select * from known
