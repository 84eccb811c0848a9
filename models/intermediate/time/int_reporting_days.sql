-- Every day from the one before the first period to the last that counts.

with

periods as (
    select * from {{ ref('int_periods') }}
),

days as (
    {{ date_range(
        '(select ' ~ add_days('min(period_start)', -1) ~ ' from periods)', as_of_date()
    ) }}
)

select * from days
