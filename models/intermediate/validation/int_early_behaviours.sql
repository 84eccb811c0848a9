-- Early behaviour of those customers, a row per behaviour that a customer showed at all. Higher is
-- better, so days to onboard are negative.

with

early_customers as (
    select * from {{ ref('customer_success', 'int_early_customers') }}
),

usage_events as (
    select * from {{ ref('customer_success', 'int_usage_events') }}
),

feature_stages as (
    select * from {{ ref('customer_success', 'fct_feature_stages') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
),

early_events as (
    select
        usage_events.customer_id,
        usage_events.user_id,
        usage_events.feature_code,
        usage_events.feature_uses,
        usage_events.session_microseconds
    from usage_events
    inner join early_customers
        on usage_events.customer_id = early_customers.customer_id
            and usage_events.used_on >= early_customers.early_from_on
            and usage_events.used_on <= early_customers.early_to_on
),

users as (
    select distinct
        customer_id,
        user_id
    from early_events
    where user_id is not null
),

behaviours as (
    select
        customer_id,
        'feature_' || feature_code as behaviour_code,
        cast(sum(feature_uses) as bigint) as reached
    from early_events
    where feature_code is not null
    group by customer_id, feature_code
    union all
    select
        customer_id,
        'session_minutes' as behaviour_code,
        -- in steps of ten
        cast(floor(sum(session_microseconds) / 600000000) * 10 as bigint) as reached
    from early_events
    group by customer_id
    union all
    select
        customer_id,
        'active_users' as behaviour_code,
        count(*) as reached
    from users
    group by customer_id
    union all
    select
        early_customers.customer_id,
        'ladder_stage' as behaviour_code,
        max(feature_stages.ladder_stage) as reached
    from early_customers
    inner join feature_stages
        on early_customers.customer_id = feature_stages.customer_id
            and early_customers.early_to_on >= feature_stages.reached_on
    group by early_customers.customer_id
    union all
    select
        early_customers.customer_id,
        'onboarding_days' as behaviour_code,
        case when onboarding.days_to_onboard > 0 then -onboarding.days_to_onboard else 0 end
            as reached
    from early_customers
    inner join onboarding on early_customers.customer_id = onboarding.customer_id
    where onboarding.days_to_onboard is not null
),

early_behaviours as (
    select
        behaviours.customer_id,
        behaviours.behaviour_code,
        cast(behaviours.reached as bigint) as reached,
        early_customers.retained
    from behaviours
    inner join early_customers on behaviours.customer_id = early_customers.customer_id
    where behaviours.reached <> 0
        or behaviours.behaviour_code = 'onboarding_days'
)

select * from early_behaviours
