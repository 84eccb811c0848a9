with

streaks as (
    select * from {{ ref('int_low_use_streaks') }}
),

final as (
    select
        customer_id,
        streak_start,
        streak_end,
        weeks,
        is_open
    from streaks
)

select * from final
