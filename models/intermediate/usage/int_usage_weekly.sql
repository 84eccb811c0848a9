-- Incremental by weeks: whatever moved an event into a week, out of it or within it since the last
-- build (a late, corrected or deleted row, a customer that no longer counts, another time zone or
-- feature catalogue), the week's hash is another one and the whole week is computed again.

{{ config(
    materialized='incremental',
    incremental_strategy='insert_overwrite' if target.type == 'spark' else 'delete+insert',
    unique_key=none if target.type == 'spark' else 'week_start',
    partition_by='week_start' if target.type == 'spark' else none,
    on_schema_change='fail',
    pre_hook="{{ drop_vanished('week_start', ref('int_usage_weeks')) }}",
) }}

with

usage_events as (
    select * from {{ ref('int_usage_events') }}
),

weeks as (
    select * from {{ ref('int_usage_weeks') }}
),

{% if is_incremental() -%}
computed_weeks as (
    select distinct
        week_start,
        events_hash
    from {{ this }}
),
{%- endif %}

changed_weeks as (
    select
        weeks.week_start,
        weeks.events_hash
    from weeks
    {% if is_incremental() -%}
    left join computed_weeks
        on weeks.week_start = computed_weeks.week_start
            and weeks.events_hash = computed_weeks.events_hash
    where computed_weeks.week_start is null
    {%- endif %}
),

changed_events as (
    select
        usage_events.*,
        changed_weeks.events_hash
    from usage_events
    inner join changed_weeks on usage_events.week_start = changed_weeks.week_start
),

weekly as (
    select
        customer_id,
        week_start,
        events_hash,
        sum(sessions) as sessions,
        sum(session_microseconds) as session_microseconds,
        count(distinct used_on) as active_days,
        count(distinct user_id) as active_users,
        count(distinct feature_code) as features_used
    from changed_events
    group by customer_id, week_start, events_hash
),

final as (
    select
        customer_id,
        cast(sessions as integer) as sessions,
        cast(session_microseconds as {{ type_double() }}) / 60000000 as session_minutes,
        cast(active_days as integer) as active_days,
        cast(active_users as integer) as active_users,
        cast(features_used as integer) as features_used,
        events_hash,
        -- last, because Spark keeps what it partitions by at the end
        week_start
    from weekly
)

select * from final
