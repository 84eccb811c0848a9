with

contracts as (
    select * from {{ ref('customer_success', 'stg_contracts') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

daily_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_daily') }}
),

first_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_first') }}
),

terms as (
    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.subscription_id,
        contracts.previous_contract_id,
        contracts.term_start,
        contracts.term_end,
        contracts.renewal_type,
        contracts.renewal_status,
        {{ monthly_contract_value(
            'contracts.contract_value',
            exchange_rate('daily_rates', 'first_rates', 'contracts.currency_code'),
            'contracts.term_start',
            'contracts.term_end',
        ) }} as monthly_value
    from contracts
    inner join customers on contracts.customer_id = customers.customer_id
    -- of a term that has not begun, the latest rate there is
    {{ join_exchange_rates(
        'daily_rates', 'first_rates', 'contracts.currency_code',
        'least(contracts.term_start, ' ~ as_of_date() ~ ')'
    ) }}
)

select * from terms
