with

changes as (
    select * from {{ ref('customer_success', 'int_product_changes') }}
),

period_states as (
    {{ period_states(
        'changes',
        key=['customer_id', 'product_id'],
        states={'mrr': 0, 'quantity': 0, 'tier_rank': none},
        carried=['first_in_force_on'],
    ) }}
)

select * from period_states
