with

responses as (
    select * from {{ ref('customer_success', 'stg_survey_responses') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

answers as (
    select
        responses.response_id,
        responses.survey_type,
        responses.customer_id,
        coalesce(responses.user_id, responses.customer_id, responses.response_id)
            as respondent_id,
        responses.sent_on,
        responses.responded_on,
        responses.score,
        case when responses.survey_type = 'nps' then {{ nps_group('responses.score') }} end
            as nps_group,
        responses.sent_at,
        responses.responded_at
    from responses
    left join customers on responses.customer_id = customers.customer_id
    where customers.customer_id is not null or responses.customer_id is null
)

select * from answers
