with

month_states as (
    select
        *,
        active_changes as closing_active_changes
    from {{ ref('customer_success', 'int_mrr_period_states') }}
    where period_grain = 'month'
),

trailing_spans as (
    {{ trailing_spans(
        'month_states',
        key=['customer_id'],
        states={'mrr': 0, 'plan_id': none, 'active_changes': 0},
        carried=['first_active_on', 'last_churned_on'],
    ) }}
),

spans as (
    select
        customer_id,
        first_window_month,
        last_window_month,
        opening_mrr,
        closing_mrr,
        opening_plan_id,
        closing_plan_id,
        first_active_on,
        last_churned_on,
        closing_active_changes > opening_active_changes as was_active_within
    from trailing_spans
)

select * from spans
