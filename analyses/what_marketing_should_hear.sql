-- What becomes of the customers that each acquisition channel brings: do they get onboarded, why do
-- they leave, what are they worth, and what did they cost?

with

customers as (
    select
        customer_id,
        coalesce(acquisition_channel, '(none)') as acquisition_channel
    from {{ ref('customer_success', 'dim_customers') }}
    where status in ('active', 'churned')
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
    where is_due
),

churns as (
    select * from {{ ref('customer_success', 'fct_churns') }}
),

worth as (
    select * from {{ ref('customer_success', 'kpi_ltv') }}
    where period_grain = 'fiscal_year'
        and segment_type = 'acquisition_channel'
        and is_complete
),

last_year as (
    select max(period_start) as period_start from worth
),

last_worth as (
    select ltv.*
    from worth as ltv
    inner join last_year on ltv.period_start = last_year.period_start
),

channels as (
    select
        customers.acquisition_channel,
        count(*) as customers,
        {{ ratio(
            "sum(case when onboarding.status = 'completed' then 1 else 0 end)",
            'count(onboarding.customer_id)'
        ) }} as onboarding_completion_rate
    from customers
    left join onboarding on customers.customer_id = onboarding.customer_id
    group by customers.acquisition_channel
),

reasons as (
    select
        customers.acquisition_channel,
        churns.reason_group,
        count(*) as churns,
        sum(churns.mrr_lost) as mrr_lost,
        sum(case when churns.was_onboarded then 1 else 0 end) as onboarded_churns
    from churns
    inner join customers on churns.customer_id = customers.customer_id
    group by customers.acquisition_channel, churns.reason_group
)

select
    channels.acquisition_channel,
    channels.customers,
    channels.onboarding_completion_rate,
    last_worth.ltv_subscription,
    last_worth.cac,
    last_worth.ltv_cac_ratio,
    reasons.reason_group,
    reasons.churns,
    reasons.mrr_lost,
    reasons.onboarded_churns
from channels
left join reasons on channels.acquisition_channel = reasons.acquisition_channel
left join last_worth on channels.acquisition_channel = last_worth.segment_value
order by channels.acquisition_channel, reasons.churns desc
