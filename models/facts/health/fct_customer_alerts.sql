-- Open alerts of customers that are active on the as-of date, with the MRR at risk.

with

alerts as (
    select * from {{ ref('customer_success', 'int_usage_alerts') }}
    union all
    select * from {{ ref('customer_success', 'int_payment_alerts') }}
    union all
    select * from {{ ref('customer_success', 'int_renewal_alerts') }}
    union all
    select * from {{ ref('customer_success', 'int_voice_alerts') }}
),

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
    where is_active
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

open_alerts as (
    select
        alerts.customer_id,
        alerts.alert_type,
        alerts.raised_on,
        alerts.evidence,
        cast(activity.current_mrr as numeric(18, 4)) as mrr_at_risk
    from alerts
    inner join activity on alerts.customer_id = activity.customer_id
    inner join customers on alerts.customer_id = customers.customer_id
)

select * from open_alerts
