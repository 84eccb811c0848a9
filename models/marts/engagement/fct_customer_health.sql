with

scores as (
    select * from {{ ref('int_health_scores') }}
),

final as (
    select
        customer_id,
        month_end,
        usage,
        onboarding,
        nps,
        support,
        payment,
        engagement,
        health_score,
        health_band
    from scores
)

select * from final
