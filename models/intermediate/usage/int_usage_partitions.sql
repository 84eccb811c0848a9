-- The weeks with use, each with a hash of all that weekly use is computed from: where it differs
-- from the one that a week was computed with, the week is computed again.

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
