with

checked as (
    select * from {{ ref('customer_success', 'base_subscription_items') }}
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
        {{ timestamp_by_as_of('valid_to') }} as valid_to,
        {{ date_by_as_of('valid_to') }} as valid_to_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('valid_from') }}
)

select * from until_as_of
