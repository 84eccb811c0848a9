-- What moved the MRR of a customer's products adds up to the customer's expansion or contraction,
-- to the last digit; where the customer has neither, to 0.

with

drivers as (
    select
        customer_id,
        period_grain,
        period_start,
        sum(mrr_change) as mrr_change
    from {{ ref('customer_success', 'fct_expansion_drivers') }}
    group by customer_id, period_grain, period_start
),

movements as (
    select * from {{ ref('customer_success', 'fct_mrr_movements') }}
    where movement_type in ('expansion', 'contraction')
)

select
    coalesce(drivers.customer_id, movements.customer_id) as customer_id,
    coalesce(drivers.period_grain, movements.period_grain) as period_grain,
    coalesce(drivers.period_start, movements.period_start) as period_start,
    drivers.mrr_change as drivers_change,
    movements.mrr_change as movement_change
from drivers
full outer join movements
    on drivers.customer_id = movements.customer_id
        and drivers.period_grain = movements.period_grain
        and drivers.period_start = movements.period_start
where coalesce(drivers.mrr_change, 0) <> coalesce(movements.mrr_change, 0)
