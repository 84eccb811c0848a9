-- A customer that is active at both ends of a period under different primary plans is transferred,
-- with its closing MRR, from the plan (product, …) at opening to the one at closing.

with

movements as (
    select * from {{ ref('customer_success', 'int_mrr_movements') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

changed_plans as (
    select
        movements.period_grain,
        movements.period_start,
        movements.closing_mrr
        {%- for type in plan_segment_types() %},
        opening.{{ type }} as opening_{{ type }},
        closing.{{ type }} as closing_{{ type }}
        {%- endfor %}
    from movements
    inner join plan_segments as opening on movements.opening_plan_id = opening.plan_id
    inner join plan_segments as closing on movements.closing_plan_id = closing.plan_id
    where movements.opening_mrr > 0
        and movements.closing_mrr > 0
        and movements.opening_plan_id <> movements.closing_plan_id
),

transfers as (
    {% for type in plan_segment_types() -%}
    select
        period_grain,
        period_start,
        '{{ type }}' as segment_type,
        coalesce(opening_{{ type }}, '(none)') as segment_value,
        0 as transferred_in,
        1 as transferred_out,
        closing_mrr
    from changed_plans
    where coalesce(opening_{{ type }}, '(none)') <> coalesce(closing_{{ type }}, '(none)')
    union all
    select
        period_grain,
        period_start,
        '{{ type }}' as segment_type,
        coalesce(closing_{{ type }}, '(none)') as segment_value,
        1 as transferred_in,
        0 as transferred_out,
        closing_mrr
    from changed_plans
    where coalesce(opening_{{ type }}, '(none)') <> coalesce(closing_{{ type }}, '(none)')
    {{ 'union all' if not loop.last }}
    {% else -%}
    select
        period_grain,
        period_start,
        'all' as segment_type,
        'all' as segment_value,
        0 as transferred_in,
        0 as transferred_out,
        closing_mrr
    from changed_plans
    where false
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
    group by period_grain, period_start, segment_type, segment_value
)

select * from totals
