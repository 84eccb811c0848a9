with

churns as (
    select * from {{ ref('int_churns') }}
),

final as (
    select
        customer_id,
        churned_on,
        mrr_lost,
        tenure_days,
        plan_id,
        reason_code,
        reason_group,
        is_graduated,
        is_involuntary,
        reactivated_on
    from churns
)

select * from final
