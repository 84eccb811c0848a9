-- A view: int_usage_weekly, which has the hash of each week too, is stored once.

{{ config(materialized='view') }}

with

weekly as (
    select * from {{ ref('customer_success', 'int_usage_weekly') }}
),

final as (
    select
        customer_id,
        week_start,
        sessions,
        session_minutes,
        active_days,
        active_users,
        features_used
    from weekly
)

select * from final
