-- Movements by period and segment. By plan and product a movement belongs to the primary plan at
-- opening, at closing if the opening is 0.

with

movements as (
    select * from {{ ref('customer_success', 'int_mrr_movements') }}
),

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

labelled as (
    select
        customer_id,
        period_grain,
        period_start,
        case when movement_type is null then 'intra_period' else movement_type end as movement,
        churned_on,
        opening_mrr,
        closing_mrr,
        case when opening_mrr > 0 then opening_plan_id else closing_plan_id end as plan_id
    from movements
    where movement_type is not null or opening_mrr = 0
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        labelled.period_grain,
        labelled.period_start,
        labelled.movement,
        labelled.closing_mrr - labelled.opening_mrr as mrr_change,
        case
            when labelled.movement = 'churn'
                and not churns.is_graduated
                and not churns.is_involuntary
                then 1
            else 0
        end as avoidable_churn
    from labelled
    inner join customer_segments on labelled.customer_id = customer_segments.customer_id
    left join plan_segments on labelled.plan_id = plan_segments.plan_id
    left join churns
        on labelled.customer_id = churns.customer_id
            and labelled.churned_on = churns.churned_on
            and labelled.movement = 'churn'
),

totals_by_movement as (
    select
        period_grain,
        period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        movement,
        count(*) as customers,
        sum(mrr_change) as mrr_change,
        sum(avoidable_churn) as avoidable_churns
    from segmented
    group by {{ segment_sets(['period_grain', 'period_start', 'movement']) }}
),

totals as (
    select
        period_grain,
        period_start,
        segment_type,
        segment_value,
        {%- for movement, column in [
            ('new', 'new'), ('reactivation', 'reactivated'), ('churn', 'churned'),
            ('intra_period', 'intra_period'),
        ] %}
        sum(case when movement = '{{ movement }}' then customers else 0 end)
            as {{ column }}_customers,
        {%- endfor %}
        {%- for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] %}
        sum(case when movement = '{{ movement }}' then abs(mrr_change) else 0 end)
            as {{ movement }}_mrr,
        {%- endfor %}
        sum(avoidable_churns) as avoidably_churned_customers
    from totals_by_movement
    group by period_grain, period_start, segment_type, segment_value
)

select * from totals
