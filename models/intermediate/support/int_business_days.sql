-- Every local day from the first ticket to the day after the as-of date: when support is open
-- (closed: from 0 to 0), and how much business time precedes it.

{%- set one_hour = 60 * 60 * 1000000 -%}
{%- set one_minute = 60 * 1000000 %}

with

tickets as (
    select * from {{ ref('customer_success', 'stg_support_tickets') }}
),

business_hours as (
    select * from {{ config_seed('business_hours') }}
),

holidays as (
    select * from {{ config_seed('holidays') }}
),

days as (
    {{ date_range('(select min(opened_on) from tickets)', add_days(as_of_date(), 1)) }}
),

opening_hours as (
    select
        {% for column, name in [('opens_at', 'opens'), ('closes_at', 'closes')] -%}
        cast(substr({{ column }}, 1, 2) as bigint) * {{ one_hour }}
        + cast(substr({{ column }}, 4, 2) as bigint) * {{ one_minute }} as {{ name }}_microsecond,
        {% endfor -%}
        iso_weekday
    from business_hours
),

open_days as (
    select
        days.day_on,
        coalesce(
            case when holidays.holiday_on is null then opening_hours.opens_microsecond end, 0
        ) as opens_microsecond,
        coalesce(
            case when holidays.holiday_on is null then opening_hours.closes_microsecond end, 0
        ) as closes_microsecond
    from days
    left join opening_hours
        on {{ days_between(period_start('week', 'days.day_on'), 'days.day_on') }} + 1
            = opening_hours.iso_weekday
    left join holidays on days.day_on = holidays.holiday_on
),

business_days as (
    select
        day_on,
        opens_microsecond,
        closes_microsecond,
        cast(
            sum(closes_microsecond - opens_microsecond) over (
                order by day_on
                rows between unbounded preceding and current row
            ) as bigint
        ) - (closes_microsecond - opens_microsecond) as microseconds_before
    from open_days
)

select * from business_days
