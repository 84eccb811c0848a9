-- Every day up to the as-of date, from a year before the month of the first period, which is how
-- far back LTV looks, and the day before that, for its opening.

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
