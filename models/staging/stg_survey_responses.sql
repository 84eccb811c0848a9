with

checked as (
    select * from {{ ref('base_survey_responses') }}
    where row_status = 'used'
),

dated as (
    select
        response_id,
        survey_type,
        customer_id,
        user_id,
        sent_at,
        {{ local_date('sent_at') }} as sent_on,
        {{ known_at('responded_at') }} as responded_at,
        {{ known_on('responded_at') }} as responded_on,
        case when {{ is_known('responded_at') }} then score end as score,
        case when {{ is_known('responded_at') }} then comment end as comment
    from checked
),

known as (
    select * from dated
    where {{ is_known('sent_at') }}
)

select * from known
