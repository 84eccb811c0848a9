with

checked as (
    select * from {{ ref('customer_success', 'base_exchange_rates') }}
    where row_status = 'used'
),

dated as (
    select
        currency_code,
        valid_from,
        rate_to_reporting
    from checked
)

select * from dated
