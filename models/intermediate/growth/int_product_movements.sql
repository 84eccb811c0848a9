-- What became of each product between the two ends of a period, of customers active at both. A
-- product that came or went belongs to a customer active at both ends unless that customer itself
-- came or went, which is a movement.

with

changes as (
    select * from {{ ref('int_product_changes') }}
),

period_states as (
    select * from {{ ref('int_product_period_states') }}
),

trailing_spans as (
    select * from {{ ref('int_product_trailing_spans') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

movements as (
    select * from {{ ref('int_mrr_movements') }}
    where movement_type in ('new', 'reactivation', 'churn')
),

endpoints as (
    {{ period_endpoints(
        key=['customer_id', 'product_id'],
        states={'mrr': 0, 'quantity': 0, 'tier_rank': none},
        carried=['first_in_force_on'],
    ) }}
),

moved as (
    select
        endpoints.period_grain,
        endpoints.period_start,
        endpoints.period_end,
        endpoints.is_complete,
        endpoints.customer_id,
        endpoints.product_id,
        {{ product_driver(
            'endpoints.opening_mrr', 'endpoints.closing_mrr', 'endpoints.opening_tier_rank',
            'endpoints.closing_tier_rank', 'endpoints.opening_quantity',
            'endpoints.closing_quantity', 'endpoints.first_in_force_on >= endpoints.period_start',
        ) }} as driver,
        cast(endpoints.closing_mrr - endpoints.opening_mrr as numeric(18, 4)) as mrr_change
    from endpoints
    left join movements
        on endpoints.customer_id = movements.customer_id
            and endpoints.period_grain = movements.period_grain
            and endpoints.period_start = movements.period_start
    where movements.customer_id is null
        and (endpoints.opening_mrr > 0 or endpoints.closing_mrr > 0)
        and (
            endpoints.opening_mrr <> endpoints.closing_mrr
            or endpoints.opening_tier_rank <> endpoints.closing_tier_rank
        )
)

select * from moved
