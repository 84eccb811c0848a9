with

changes as (
    select
        *,
        active_changes as active_changes_after
    from {{ ref('customer_success', 'fct_mrr_changes') }}
),

period_states as (
    {{ period_states(
        'changes',
        key=['customer_id'],
        states={'mrr': 0, 'plan_id': none, 'active_changes': 0},
        carried=['first_active_on', 'last_churned_on'],
    ) }}
),

states as (
    select
        customer_id,
        period_grain,
        period_start,
        opening_mrr,
        closing_mrr,
        opening_plan_id,
        closing_plan_id,
        first_active_on,
        last_churned_on,
        closing_active_changes as active_changes,
        closing_active_changes > opening_active_changes as was_active_within
    from period_states
)

select * from states
