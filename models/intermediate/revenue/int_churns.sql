{%- set gap_days = var('mrr_gap_days') | int -%}

with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'int_subscription_spans') }}
),

churn_reasons as (
    select * from {{ config_seed('churn_reasons') }}
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

-- sources may close a subscription a little later than its last item
ended_subscriptions as (
    select
        churns.customer_id,
        churns.churned_on,
        subscriptions.subscription_id,
        subscriptions.ended_on,
        churn_reasons.reason_code,
        max(subscriptions.ended_on) over (
            partition by churns.customer_id, churns.churned_on
        ) as last_ended_on
    from churns
    inner join subscriptions
        on churns.customer_id = subscriptions.customer_id
            and subscriptions.ended_on <= {{ add_days('churns.churned_on', gap_days) }}
    left join churn_reasons
        on subscriptions.cancel_reason_code = churn_reasons.reason_code
            and churn_reasons.reason_code <> 'unknown'
),

ranked_subscriptions as (
    select
        *,
        row_number() over (
            partition by customer_id, churned_on
            order by
                case when reason_code is null then 1 else 0 end,
                case when ended_on > churned_on then 1 else 0 end,
                ended_on desc,
                {{ binary_collation('subscription_id') }}
        ) as end_rank
    from ended_subscriptions
    where ended_on >= {{ add_days('last_ended_on', -gap_days) }}
),

given_reasons as (
    select * from ranked_subscriptions
    where end_rank = 1
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
