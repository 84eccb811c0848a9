with

responses as (
    select * from {{ ref('int_survey_responses') }}
),

final as (
    select
        response_id,
        survey_type,
        customer_id,
        respondent_id,
        sent_on,
        responded_on,
        score,
        nps_group
    from responses
)

select * from final
