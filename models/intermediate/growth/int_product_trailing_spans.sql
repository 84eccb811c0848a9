with

month_states as (
    select * from {{ ref('customer_success', 'int_product_period_states') }}
    where period_grain = 'month'
),

trailing_spans as (
    {{ trailing_spans(
        'month_states',
        key=['customer_id', 'product_id'],
        states={'mrr': 0, 'quantity': 0, 'tier_rank': none},
        carried=['first_in_force_on'],
    ) }}
)

select * from trailing_spans
