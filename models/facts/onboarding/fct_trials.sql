{%- set one_day = 24 * 60 * 60 * 1000000 %}

with

subscriptions as (
    select * from {{ ref('customer_success', 'stg_subscriptions') }}
    where trial_started_at is not null
),

spans as (
    select * from {{ ref('customer_success', 'int_subscription_spans') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
),

trials as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.trial_started_on,
        coalesce(subscriptions.trial_ended_on, spans.started_on, spans.ended_on)
            as trial_ended_on,
        spans.started_on as converted_on,
        {% if raw_table_is_present('onboarding_events') -%}
        coalesce(
            {{ microseconds_between('subscriptions.trial_started_at', 'onboarding.completed_at') }}
            <= {{ one_day }}, false
        )
        {%- else -%}
        cast(null as boolean)
        {%- endif %} as onboarded_within_24_hours
    from subscriptions
    inner join spans on subscriptions.subscription_id = spans.subscription_id
    left join onboarding on subscriptions.customer_id = onboarding.customer_id
),

judged as (
    select
        *,
        coalesce(
            converted_on <= {{ add_days('trial_ended_on', var('trial_conversion_days')) }}, false
        ) as is_converted
    from trials
)

select * from judged
