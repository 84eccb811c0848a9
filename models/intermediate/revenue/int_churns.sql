with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'int_subscription_spans') }}
),

churn_reasons as (
    select * from {{ ref('customer_success', 'churn_reasons') }}
),

-- churns and reactivations alternate, so the next turn after a churn is the reactivation
turns as (
    select
        customer_id,
        changed_on,
        mrr_before,
        plan_id_before,
        first_active_on,
        mrr_after = 0 as is_churn,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_turn_on
    from changes
    where (mrr_before > 0 and mrr_after = 0) or (mrr_before = 0 and mrr_after > 0)
),

churns as (
    select
        customer_id,
        changed_on as churned_on,
        mrr_before as mrr_lost,
        {{ days_between('first_active_on', 'changed_on') }} as tenure_days,
        plan_id_before as plan_id,
        next_turn_on as reactivated_on
    from turns
    where is_churn
),

ended_subscriptions as (
    select
        churns.customer_id,
        churns.churned_on,
        subscriptions.cancel_reason_code,
        row_number() over (
            partition by churns.customer_id, churns.churned_on
            order by
                subscriptions.ended_on desc,
                {{ binary_collation('subscriptions.subscription_id') }}
        ) as end_rank
    from churns
    inner join subscriptions
        on churns.customer_id = subscriptions.customer_id
            and subscriptions.ended_on <= churns.churned_on
),

given_reasons as (
    select
        ended_subscriptions.customer_id,
        ended_subscriptions.churned_on,
        churn_reasons.reason_code
    from ended_subscriptions
    inner join churn_reasons
        on ended_subscriptions.cancel_reason_code = churn_reasons.reason_code
    where ended_subscriptions.end_rank = 1
),

reasoned as (
    select
        churns.*,
        churn_reasons.reason_code,
        churn_reasons.reason_group,
        churn_reasons.is_graduated,
        churn_reasons.is_involuntary
    from churns
    left join given_reasons
        on churns.customer_id = given_reasons.customer_id
            and churns.churned_on = given_reasons.churned_on
    inner join churn_reasons
        on coalesce(given_reasons.reason_code, 'unknown') = churn_reasons.reason_code
)

select * from reasoned
