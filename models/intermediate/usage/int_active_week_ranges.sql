-- Ranges of complete weeks on whose Monday the customer was active, from the first Monday to the
-- last. An absence between two Mondays does not interrupt a range.

{%- set last_monday = add_days(period_start('week', add_days(as_of_date(), 1)), -7) %}

with

active_spans as (
    select * from {{ ref('customer_success', 'int_active_spans') }}
),

mondays as (
    select
        customer_id,
        {{ period_start('week', add_days('from_on', 6)) }} as first_monday,
        case
            when to_on <= {{ last_monday }} then {{ period_start('week', add_days('to_on', -1)) }}
            else {{ last_monday }}
        end as last_monday
    from active_spans
),

begun as (
    select
        *,
        case
            when first_monday > {{ add_days(
                'lag(last_monday) over (partition by customer_id order by first_monday)', 7
            ) }} then 1
            else 0
        end as is_interrupted
    from mondays
    where first_monday <= last_monday
),

numbered as (
    select
        *,
        sum(is_interrupted) over (
            partition by customer_id order by first_monday
            rows between unbounded preceding and current row
        ) as stretch_number
    from begun
),

stretches as (
    select
        customer_id,
        stretch_number,
        min(first_monday) as first_monday,
        max(last_monday) as last_monday
    from numbered
    group by customer_id, stretch_number
)

select * from stretches
