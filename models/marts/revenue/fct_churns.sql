with

churns as (
    select * from {{ ref('int_churns') }}
),

circumstances as (
    select * from {{ ref('int_churn_circumstances') }}
),

final as (
    select
        churns.customer_id,
        churns.churned_on,
        churns.mrr_lost,
        churns.tenure_days,
        churns.plan_id,
        churns.reason_code,
        churns.reason_group,
        churns.is_graduated,
        churns.is_involuntary,
        churns.reactivated_on,
        circumstances.was_onboarded,
        circumstances.last_nps_score
    from churns
    inner join circumstances
        on churns.customer_id = circumstances.customer_id
            and churns.churned_on = circumstances.churned_on
)

select * from final
