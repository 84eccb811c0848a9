-- How each product changed between opening and closing of a period, for customers that are active
-- at both. A customer that started or churned itself has a movement instead.

with

changes as (
    select * from {{ ref('customer_success', 'int_product_changes') }}
),

period_states as (
    select * from {{ ref('customer_success', 'int_product_period_states') }}
),

trailing_spans as (
    select * from {{ ref('customer_success', 'int_product_trailing_spans') }}
),

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

movements as (
    select * from {{ ref('customer_success', 'int_mrr_movements') }}
    where movement_type in ('new', 'reactivation', 'churn')
),

by_period as (
    {{ opening_closing(
        'changes', 'period_states', 'trailing_spans', 'periods',
        key=['customer_id', 'product_id'],
        states={'mrr': 0, 'quantity': 0, 'tier_rank': none},
        carried=['first_in_force_on'],
    ) }}
),

moved as (
    select
        by_period.period_grain,
        by_period.period_start,
        by_period.period_end,
        by_period.is_complete,
        by_period.customer_id,
        by_period.product_id,
        {{ product_driver(
            'by_period.opening_mrr', 'by_period.closing_mrr',
            'by_period.opening_tier_rank', 'by_period.closing_tier_rank',
            'by_period.opening_quantity', 'by_period.closing_quantity',
            'by_period.first_in_force_on >= by_period.period_start',
        ) }} as driver,
        cast(by_period.closing_mrr - by_period.opening_mrr as numeric(18, 4)) as mrr_change
    from by_period
    left join movements
        on by_period.customer_id = movements.customer_id
            and by_period.period_grain = movements.period_grain
            and by_period.period_start = movements.period_start
    where movements.customer_id is null
        and (by_period.opening_mrr > 0 or by_period.closing_mrr > 0)
        and (
            by_period.opening_mrr <> by_period.closing_mrr
            or by_period.opening_tier_rank <> by_period.closing_tier_rank
        )
)

select * from moved
