-- Each customer's latest NPS answer, from the day it was given to the day before the next one, and
-- for at most health_nps_days.

with

answers as (
    select * from {{ ref('customer_success', 'fct_survey_responses') }}
    where nps_group is not null
        and customer_id is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, responded_on
            order by responded_at desc, sent_at desc, {{ binary_collation('response_id') }} desc
        ) as answer_number
    from answers
),

days as (
    select
        customer_id,
        nps_group,
        score,
        responded_on as from_on,
        {{ add_days('responded_on', var('health_nps_days')) }} as expires_on,
        {{ add_days(
            'lead(responded_on) over (partition by customer_id order by responded_on)', -1
        ) }} as superseded_on
    from ranked
    where answer_number = 1
),

spans as (
    select
        customer_id,
        nps_group,
        score,
        from_on,
        case when superseded_on < expires_on then superseded_on else expires_on end as last_on
    from days
)

select * from spans
