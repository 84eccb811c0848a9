-- Low-usage streaks are the gaps between well-used weeks within each range of active weeks, with a
-- virtual well-used week before the first and after the last week of the range.

with

stretches as (
    select * from {{ ref('customer_success', 'int_active_week_ranges') }}
    {% if not raw_table_is_present('sessions') -%}
    where false  -- without the table usage is unknown
    {%- endif %}
),

weekly as (
    select * from {{ ref('customer_success', 'int_usage_weekly') }}
    where session_minutes > {{ var('low_usage_minutes') }}
),

well_used as (
    select
        customer_id,
        stretch_number,
        {{ add_days('first_monday', -7) }} as week_start
    from stretches
    union all
    select
        customer_id,
        stretch_number,
        {{ add_days('last_monday', 7) }} as week_start
    from stretches
    union all
    select
        stretches.customer_id,
        stretches.stretch_number,
        weekly.week_start
    from stretches
    inner join weekly
        on stretches.customer_id = weekly.customer_id
            and weekly.week_start between stretches.first_monday and stretches.last_monday
),

gaps as (
    select
        customer_id,
        week_start,
        lead(week_start) over (
            partition by customer_id, stretch_number order by week_start
        ) as next_week_start
    from well_used
),

runs as (
    select
        customer_id,
        {{ add_days('week_start', 7) }} as streak_start,
        {{ add_days('next_week_start', -1) }} as streak_end,
        cast(floor({{ days_between('week_start', 'next_week_start') }} / 7) as integer) - 1 as weeks
    from gaps
),

streaks as (
    select
        customer_id,
        streak_start,
        streak_end,
        weeks,
        {{ add_days('streak_end', 7) }} > {{ as_of_date() }} as is_open
    from runs
    where weeks >= {{ var('low_usage_weeks') }}
)

select * from streaks
