-- Every day from a year before the month of the first period, as far back as LTV looks, and the day
-- before that, its opening, to the last that counts.

with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

days as (
    {{ date_range(
        '(select ' ~ add_days(add_months(month_start('min(period_start)'), -12), -1)
        ~ ' from periods)', as_of_date()
    ) }}
)

select * from days
