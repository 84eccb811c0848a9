-- Every churn of a customer is a movement of that day, and the other way round.

with

reported as (
    select min(period_start) as first_on
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'day'
),

churns as (
    select
        fct_churns.customer_id,
        fct_churns.churned_on,
        fct_churns.mrr_lost
    from {{ ref('customer_success', 'fct_churns') }} as fct_churns
    inner join reported on fct_churns.churned_on >= reported.first_on
),

movements as (
    select
        customer_id,
        period_start as churned_on,
        opening_mrr as mrr_lost
    from {{ ref('customer_success', 'fct_mrr_movements') }}
    where period_grain = 'day' and movement_type = 'churn'
)

select
    churns.customer_id as churn,
    movements.customer_id as movement
from churns
full outer join movements
    on churns.customer_id = movements.customer_id
        and churns.churned_on = movements.churned_on
        and churns.mrr_lost = movements.mrr_lost
where churns.customer_id is null or movements.customer_id is null
