with

rates as (
    select * from {{ ref('customer_success', 'stg_exchange_rates') }}
    where currency_code <> '{{ var("reporting_currency") }}'
),

rate_spans as (
    select
        currency_code,
        rate_to_reporting,
        valid_from as from_on,
        lead(valid_from) over (partition by currency_code order by valid_from) as to_on
    from rates
),

rate_days as (
    {{ date_range('(select min(valid_from) from rates)', as_of_date()) }}
),

rates_daily as (
    select
        rate_spans.currency_code,
        rate_days.day_on as rate_on,
        rate_spans.rate_to_reporting
    from rate_spans
    inner join rate_days
        on rate_days.day_on >= rate_spans.from_on
            and (rate_days.day_on < rate_spans.to_on or rate_spans.to_on is null)
)

select * from rates_daily
