with

checked as (
    select * from {{ ref('customer_success', 'base_acquisition_costs') }}
    where row_status = 'used'
),

dated as (
    select
        acquisition_channel,
        cost_month,
        amount,
        currency_code
    from checked
),

until_as_of as (
    select * from dated
    where cost_month <= {{ as_of_date() }}
)

select * from until_as_of
