-- Whom should a customer-success manager call first, about what, and how are they doing?

with

alerts as (
    select * from {{ ref('customer_success', 'fct_customer_alerts') }}
),

customers as (
    select * from {{ ref('customer_success', 'dim_customers') }}
),

health as (
    select * from {{ ref('customer_success', 'fct_customer_health') }}
),

last_month as (
    select max(month_end) as month_end from health
),

today as (
    select health.*
    from health
    inner join last_month on health.month_end = last_month.month_end
)

select
    customers.customer_id,
    customers.csm_owner,
    customers.current_mrr,
    today.health_score,
    today.health_band,
    alerts.alert_type,
    alerts.raised_on,
    alerts.evidence
from alerts
inner join customers on alerts.customer_id = customers.customer_id
left join today on alerts.customer_id = today.customer_id
order by customers.current_mrr desc, customers.customer_id, alerts.raised_on
