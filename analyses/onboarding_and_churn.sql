-- Do customers that completed onboarding stay longer, by the channel that brought them?

with

customers as (
    select
        customer_id,
        acquisition_channel,
        case when status = 'churned' then 1 else 0 end as churned_customers
    from {{ ref('customer_success', 'dim_customers') }}
    where status in ('active', 'churned')
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
    where is_due
)

select
    customers.acquisition_channel,
    onboarding.status as onboarding,
    count(*) as customers,
    sum(customers.churned_customers) as churned_customers,
    {{ ratio('sum(customers.churned_customers)', 'count(*)') }} as churned_share
from customers
inner join onboarding on customers.customer_id = onboarding.customer_id
group by customers.acquisition_channel, onboarding.status
order by customers.acquisition_channel, onboarding.status
