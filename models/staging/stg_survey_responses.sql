with

checked as (
    select * from {{ ref('customer_success', 'base_survey_responses') }}
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
        {{ timestamp_by_as_of('responded_at') }} as responded_at,
        {{ date_by_as_of('responded_at') }} as responded_on,
        case when {{ is_by_as_of('responded_at') }} then score end as score,
        case when {{ is_by_as_of('responded_at') }} then comment end as comment
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('sent_at') }}
)

select * from until_as_of
