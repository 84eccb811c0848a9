-- Which active customers have hardly used the product of late, how much MRR is at stake, and when
-- do their terms end?

with

customers as (
    select * from {{ ref('dim_customers') }}
    where is_active
),

streaks as (
    select * from {{ ref('fct_low_use_streaks') }}
    where is_open
),

contracts as (
    select
        customer_id,
        min(term_end) as next_term_end
    from {{ ref('stg_contracts') }}
    where term_end > {{ as_of_date() }}
    group by customer_id
)

select
    customers.customer_id,
    customers.csm_owner,
    customers.current_mrr,
    customers.current_plan_id,
    streaks.streak_start as quiet_since,
    streaks.weeks as quiet_weeks,
    contracts.next_term_end
from customers
inner join streaks on customers.customer_id = streaks.customer_id
left join contracts on customers.customer_id = contracts.customer_id
order by customers.current_mrr desc
