-- The weeks with usage, each with a hash of all that weekly usage is computed from.

with

usage_events as (
    select * from {{ ref('customer_success', 'int_usage_events') }}
),

weeks as (
    select
        week_start,
        {{ rows_hash([
            'customer_id', 'user_id', 'used_on', 'sessions', 'session_microseconds', 'feature_code'
        ]) }} as events_hash
    from usage_events
    group by week_start
)

select * from weeks
