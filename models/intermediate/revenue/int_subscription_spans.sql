{{ config(materialized='view') }}

with

subscriptions as (
    select * from {{ ref('customer_success', 'stg_subscriptions') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

spans as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.started_on,
        {% if var('churn_recognition') == 'cancel_request' -%}
        case
            when subscriptions.cancel_requested_on < subscriptions.ended_on
                or subscriptions.ended_on is null
                then subscriptions.cancel_requested_on
            else subscriptions.ended_on
        end as ended_on,
        {%- else -%}
        subscriptions.ended_on,
        {%- endif %}
        subscriptions.trial_started_on,
        subscriptions.trial_ended_on,
        subscriptions.cancel_reason_code
    from subscriptions
    inner join customers on subscriptions.customer_id = customers.customer_id
)

select * from spans
