-- A view: what it joins is stored once, and identical windows are expanded at query time.

{{ config(materialized='view') }}

with

changes as (
    select
        *,
        mrr_after > 0 as was_active_within
    from {{ ref('customer_success', 'fct_mrr_changes') }}
),

period_states as (
    select * from {{ ref('customer_success', 'int_mrr_period_states') }}
),

trailing_spans as (
    select * from {{ ref('customer_success', 'int_mrr_trailing_spans') }}
),

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

states_by_period as (
    {{ opening_closing(
        'changes', 'period_states', 'trailing_spans', 'periods',
        key=['customer_id'],
        states={'mrr': 0, 'plan_id': none},
        carried=['first_active_on', 'last_churned_on', 'was_active_within'],
    ) }}
),

-- two more kinds of rows move no MRR: a plan changed at the same MRR, and a customer that started
-- and churned within the period
movements as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        customer_id,
        {{ movement_type('opening_mrr', 'closing_mrr', 'first_active_on', 'period_start') }}
            as movement_type,
        opening_mrr,
        closing_mrr,
        opening_plan_id,
        closing_plan_id,
        case when closing_mrr = 0 then last_churned_on end as churned_on
    from states_by_period
    where opening_mrr <> closing_mrr
        or (opening_mrr > 0 and opening_plan_id <> closing_plan_id)
        or (opening_mrr = 0 and was_active_within)
)

select * from movements
