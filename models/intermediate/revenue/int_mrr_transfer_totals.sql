-- Who is active at both ends of a period under different primary plans moves, with its closing MRR,
-- from the plan (product) at opening to the one at closing.

{%- set chosen_types = segment_types() | join("', '") %}

with

movements as (
    select * from {{ ref('int_mrr_movements') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

changed_plans as (
    select
        movements.period_grain,
        movements.period_start,
        movements.closing_mrr,
        opening.plan as opening_plan,
        opening.product as opening_product,
        closing.plan as closing_plan,
        closing.product as closing_product
    from movements
    inner join plan_segments as opening on movements.opening_plan_id = opening.plan_id
    inner join plan_segments as closing on movements.closing_plan_id = closing.plan_id
    where movements.opening_mrr > 0
        and movements.closing_mrr > 0
        and movements.opening_plan_id <> movements.closing_plan_id
),

transfers as (
    {% for type in ['plan', 'product'] -%}
    {% for side, sign in [('opening', 'out'), ('closing', 'in')] -%}
    select
        period_grain,
        period_start,
        '{{ type }}' as segment_type,
        {{ side }}_{{ type }} as segment_value,
        {{ 1 if sign == 'in' else 0 }} as transferred_in,
        {{ 1 if sign == 'out' else 0 }} as transferred_out,
        closing_mrr
    from changed_plans
    where opening_{{ type }} <> closing_{{ type }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

totals as (
    select
        period_grain,
        period_start,
        segment_type,
        segment_value,
        sum(transferred_in) as transferred_in_customers,
        sum(transferred_out) as transferred_out_customers,
        sum(transferred_in * closing_mrr) as transferred_in_mrr,
        sum(transferred_out * closing_mrr) as transferred_out_mrr
    from transfers
    where segment_type in ('{{ chosen_types }}')
    group by period_grain, period_start, segment_type, segment_value
)

select * from totals
