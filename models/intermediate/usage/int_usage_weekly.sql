-- Incremental by weeks: whatever has changed a week's events since the last build (a late,
-- corrected or deleted row, a customer that became internal, another time zone or feature
-- catalogue) has changed its hash, and the whole week is recomputed.

{{ config(computed_by_partition('week_start', 'int_usage_partitions')) }}

with

usage_events as (
    select * from {{ ref('customer_success', 'int_usage_events') }}
),

weeks as (
    select * from {{ ref('customer_success', 'int_usage_partitions') }}
),

changed_weeks as (
    {{ changed_partitions('weeks', 'week_start', 'events_hash') }}
),

changed_events as (
    select usage_events.*
    from usage_events
    inner join changed_weeks on usage_events.week_start = changed_weeks.week_start
),

-- by user first, with days as bits: counting distinct days and users at once takes many times the
-- memory
users as (
    select
        customer_id,
        week_start,
        user_id,
        sum(sessions) as sessions,
        sum(session_microseconds) as session_microseconds,
        bit_or(
            case {{ days_between('week_start', 'used_on') }}
                {%- for day in range(7) %}
                when {{ day }} then {{ 2 ** day }}
                {%- endfor %}
            end
        ) as active_days
    from changed_events
    group by customer_id, week_start, user_id
),

customers as (
    select
        customer_id,
        week_start,
        sum(sessions) as sessions,
        sum(session_microseconds) as session_microseconds,
        bit_or(active_days) as active_days,
        count(user_id) as active_users
    from users
    group by customer_id, week_start
),

features as (
    select distinct
        customer_id,
        week_start,
        feature_code
    from changed_events
    where feature_code is not null
),

feature_counts as (
    select
        customer_id,
        week_start,
        count(*) as features_used
    from features
    group by customer_id, week_start
),

weekly as (
    select
        customers.customer_id,
        cast(customers.sessions as integer) as sessions,
        {{ minutes('customers.session_microseconds') }} as session_minutes,
        {% for day in range(7) -%}
        case when customers.active_days & {{ 2 ** day }} > 0 then 1 else 0 end
        {{- ' + ' if not loop.last }}
        {% endfor -%} as active_days,
        cast(customers.active_users as integer) as active_users,
        cast(coalesce(feature_counts.features_used, 0) as integer) as features_used,
        changed_weeks.events_hash,
        -- last, because Spark keeps partition columns at the end
        customers.week_start
    from customers
    inner join changed_weeks on customers.week_start = changed_weeks.week_start
    left join feature_counts
        on customers.customer_id = feature_counts.customer_id
            and customers.week_start = feature_counts.week_start
)

select * from weekly
