-- Usage: sessions and feature events of customers that are not internal, with their day and week.
-- An event of a feature outside the catalogue counts as usage, but not as a feature used.

{{ config(materialized='view') }}

with

sessions as (
    select * from {{ ref('customer_success', 'stg_sessions') }}
),

feature_events as (
    select * from {{ ref('customer_success', 'stg_feature_events') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

features as (
    select * from {{ config_seed('feature_catalog') }}
),

events as (
    select
        customer_id,
        user_id,
        started_on as used_on,
        1 as sessions,
        coalesce({{ microseconds_between('started_at', 'ended_at') }}, 0) as session_microseconds,
        cast(null as {{ dbt.type_string() }}) as feature_code,
        0 as feature_uses
    from sessions
    union all
    select
        feature_events.customer_id,
        feature_events.user_id,
        feature_events.occurred_on as used_on,
        0 as sessions,
        0 as session_microseconds,
        features.feature_code,
        feature_events.event_count as feature_uses
    from feature_events
    left join features on feature_events.feature_code = features.feature_code
),

usage_events as (
    select
        events.customer_id,
        events.user_id,
        {{ period_start('week', 'events.used_on') }} as week_start,
        events.used_on,
        events.sessions,
        events.session_microseconds,
        events.feature_code,
        events.feature_uses
    from events
    inner join customers on events.customer_id = customers.customer_id
)

select * from usage_events
