{{ config(materialized='view') }}
{%- set items = ref('customer_success', 'base_subscription_items') -%}
{%- set is_start_landed = raw_column_is_present('subscriptions', 'started_at') -%}
{#- what a customer does or has; campaigns and offers are the company's own doing -#}
{%- set dated = {
    'stg_subscriptions': ['started_on', 'trial_started_on'], 'stg_contracts': ['term_start'],
    'stg_orders': ['ordered_on'], 'stg_onboarding_events': ['occurred_on'],
    'stg_sessions': ['started_on'], 'stg_feature_events': ['occurred_on'],
    'stg_survey_responses': ['responded_on'], 'stg_support_tickets': ['opened_on'],
    'stg_community_activities': ['occurred_on'],
} %}

with

subscriptions as (
    select * from {{ ref('customer_success', 'stg_subscriptions') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

-- read before staging: what follows is the longest way to a KPI, and staging would add to it
items as (
    select
        subscription_id,
        {{ local_date('valid_from') }} as valid_from_on
    from {{ items }}
    where row_status = 'used'
        and {{ is_by_as_of('valid_from') }}
),

undated_customers as (
    select * from customers
    where is_deleted
        and deleted_on is null
),

dated_rows as (
    {% for model, columns in dated.items() -%}
    {% for column in columns -%}
    select
        rows_of.customer_id,
        rows_of.{{ column }} as dated_on
    from {{ ref('customer_success', model) }} as rows_of
    inner join undated_customers on rows_of.customer_id = undated_customers.customer_id
    union all
    {% endfor -%}
    {% endfor -%}
    select
        subscriptions.customer_id,
        items.valid_from_on as dated_on
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    inner join undated_customers on subscriptions.customer_id = undated_customers.customer_id
),

last_rows as (
    select
        customer_id,
        max(dated_on) as dated_on
    from dated_rows
    where dated_on <= {{ as_of_date() }}
    group by customer_id
),

-- a deleted customer leaves on the day of its deletion, or of its last dated row
deletions as (
    select
        customers.customer_id,
        coalesce(customers.deleted_on, last_rows.dated_on, customers.signed_up_on) as left_on
    from customers
    left join last_rows on customers.customer_id = last_rows.customer_id
    where customers.is_deleted
),

{% if not is_start_landed -%}
first_items as (
    select
        subscription_id,
        min(valid_from_on) as started_on
    from items
    group by subscription_id
),

{% endif -%}
known as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        -- where the start was not landed, a subscription starts with its first item
        {{ 'subscriptions' if is_start_landed else 'first_items' }}.started_on,
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
        deletions.left_on,
        subscriptions.trial_started_on,
        subscriptions.trial_ended_on,
        subscriptions.cancel_reason_code
    from subscriptions
    inner join customers on subscriptions.customer_id = customers.customer_id
    left join deletions on subscriptions.customer_id = deletions.customer_id
    {%- if not is_start_landed %}
    left join first_items on subscriptions.subscription_id = first_items.subscription_id
    {%- endif %}
),

spans as (
    select
        subscription_id,
        customer_id,
        started_on,
        case
            when left_on < ended_on or ended_on is null then left_on
            else ended_on
        end as ended_on,
        trial_started_on,
        trial_ended_on,
        cancel_reason_code
    from known
)

select * from spans
