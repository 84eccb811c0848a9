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
        case when {{ known_on('responded_at') }} is not null then score end as score,
        case when {{ known_on('responded_at') }} is not null then comment end as comment
    from checked
),

known as (
    select * from dated
    where sent_on <= {{ as_of_date() }}
)

select * from known
