-- The periods that contain each day, so that dated rows join their periods by equality instead of
-- by comparing bounds.

with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

days as (
    select * from {{ ref('customer_success', 'int_reporting_days') }}
),

period_days as (
    select
        days.day_on,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.closing_on
    from periods
    inner join days on days.day_on between periods.period_start and periods.closing_on
)

select * from period_days
