with

rates as (
    select * from {{ ref('customer_success', 'stg_exchange_rates') }}
),

ranked as (
    select
        currency_code,
        rate_to_reporting,
        row_number() over (partition by currency_code order by valid_from) as rate_number
    from rates
),

first_rates as (
    select
        currency_code,
        rate_to_reporting
    from ranked
    where rate_number = 1
)

select * from first_rates
