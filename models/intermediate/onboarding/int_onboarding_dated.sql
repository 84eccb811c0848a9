-- What onboarding is counted by, each with its day: a deadline that is over, and a sign-up.

with

onboarding as (
    select * from {{ ref('int_onboarding') }}
    where deadline_on is not null
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

dated as (
    select
        customer_id,
        deadline_on as counted_on,
        1 as due_customers,
        case when status = 'completed' then 1 else 0 end as completed_customers,
        days_to_onboard,
        0 as signed_up_customers,
        0 as first_value_customers,
        cast(null as integer) as days_to_first_value
    from onboarding
    where deadline_on <= {{ as_of_date() }}
    union all
    select
        customer_id,
        signed_up_on as counted_on,
        0 as due_customers,
        0 as completed_customers,
        cast(null as integer) as days_to_onboard,
        1 as signed_up_customers,
        case when first_value_on is not null then 1 else 0 end as first_value_customers,
        days_to_first_value
    from onboarding
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        dated.counted_on,
        dated.due_customers,
        dated.completed_customers,
        dated.days_to_onboard,
        dated.signed_up_customers,
        dated.first_value_customers,
        dated.days_to_first_value
    from dated
    inner join customer_segments on dated.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('dated.customer_id', 'dated.counted_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
)

select * from segmented
