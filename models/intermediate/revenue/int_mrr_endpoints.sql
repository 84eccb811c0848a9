{%- set grains = ['week', 'month', 'quarter', 'fiscal_year'] -%}

with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

endpoints as (
    {% for grain in grains -%}
    select
        customer_id,
        '{{ grain }}' as period_grain,
        {{ period_start(grain, 'changed_on') }} as period_start,
        {{ first_value_by('mrr_before', 'changed_on') }} as opening_mrr,
        {{ last_value_by('mrr_after', 'changed_on') }} as closing_mrr,
        {{ first_value_by('plan_id_before', 'changed_on') }} as opening_plan_id,
        {{ last_value_by('plan_id_after', 'changed_on') }} as closing_plan_id,
        min(first_active_on) as first_active_on,
        max(last_churned_on) as last_churned_on,
        max(mrr_after) > 0 as was_active_within
    from changes
    group by customer_id, {{ period_start(grain, 'changed_on') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from endpoints
