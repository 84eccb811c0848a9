-- Every churn of a customer is a movement of that day, and the other way round.

with

churns as (
    select
        customer_id,
        churned_on,
        mrr_lost
    from {{ ref('fct_churns') }}
),

movements as (
    select
        customer_id,
        period_start as churned_on,
        opening_mrr as mrr_lost
    from {{ ref('fct_mrr_movements') }}
    where period_grain = 'day' and movement_type = 'churn'
),

first_day as (
    select min(period_start) as period_start from {{ ref('dim_periods') }}
    where period_grain = 'day'
)

select customer_id, churned_on, mrr_lost from (
    select * from churns
    where churned_on >= (select period_start from first_day)
    except
    select * from movements
) as without_movement
union all
select customer_id, churned_on, mrr_lost from (
    select * from movements
    except
    select * from churns
) as without_churn
