-- A view: int_usage_scores is stored once.

with

scores as (
    select * from {{ ref('int_usage_scores') }}
),

final as (
    select
        customer_id,
        week_start,
        seats,
        usage_score
    from scores
)

select * from final
