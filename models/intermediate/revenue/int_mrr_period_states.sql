-- The state in which a period leaves a customer whose MRR or plan changed in it, beside the state
-- in which it found it. A day needs no row here: its only change is both.

{%- set grains = ['week', 'month', 'quarter', 'fiscal_year'] %}

with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

last_changes as (
    {% for grain in grains -%}
    select
        *,
        '{{ grain }}' as period_grain,
        {{ period_start(grain, 'changed_on') }} as period_start
    from changes
    where next_changed_on is null
        or {{ period_start(grain, 'next_changed_on') }} > {{ period_start(grain, 'changed_on') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

states as (
    select
        customer_id,
        period_grain,
        period_start,
        coalesce(lag(mrr_after) over by_period, 0) as opening_mrr,
        mrr_after as closing_mrr,
        lag(plan_id_after) over by_period as opening_plan_id,
        plan_id_after as closing_plan_id,
        first_active_on,
        last_churned_on,
        active_changes,
        active_changes > coalesce(lag(active_changes) over by_period, 0) as was_active_within
    from last_changes
    window by_period as (partition by period_grain, customer_id order by period_start)
)

select * from states
