-- The churns of int_churns, with the onboarding state and last NPS answer of the customer on that
-- day.

with

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
),

answers as (
    select * from {{ ref('customer_success', 'fct_survey_responses') }}
    where nps_group is not null
),

answers_before as (
    select
        churns.customer_id,
        churns.churned_on,
        answers.score,
        row_number() over (
            partition by churns.customer_id, churns.churned_on
            order by
                answers.responded_at desc,
                answers.sent_at desc,
                {{ binary_collation('answers.response_id') }} desc
        ) as answer_number
    from churns
    inner join answers
        on churns.customer_id = answers.customer_id
            and churns.churned_on > answers.responded_on
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
        {% if raw_table_is_present('onboarding_events') -%}
        coalesce(onboarding.completed_on < churns.churned_on, false)
        {%- else -%}
        cast(null as boolean)
        {%- endif %} as was_onboarded,
        answers_before.score as last_nps_score
    from churns
    left join onboarding on churns.customer_id = onboarding.customer_id
    left join answers_before
        on churns.customer_id = answers_before.customer_id
            and churns.churned_on = answers_before.churned_on
            and answers_before.answer_number = 1
)

select * from final
