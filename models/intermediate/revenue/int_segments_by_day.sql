-- The segments in which a customer is counted, from which day to which (exclusive; null: for good),
-- covering every day. The plan is the primary plan, extended to the first day without one, so that
-- what happens on the day of a churn is counted under the plan that was left.

with

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
    where coalesce(plan_id_before, '') <> coalesce(plan_id_after, '')
),

plan_starts as (
    select
        customer_id,
        changed_on,
        plan_id_after as plan_id,
        case when plan_id_after is null then {{ add_days('changed_on', 1) }} else changed_on end
            as from_on
    from changes
    union all
    select
        customer_id,
        cast('0001-01-01' as date) as changed_on,
        cast(null as {{ dbt.type_string() }}) as plan_id,
        cast('0001-01-01' as date) as from_on
    from customer_segments
),

plan_spans as (
    select
        customer_id,
        plan_id,
        from_on,
        lead(from_on) over (partition by customer_id order by changed_on) as to_on
    from plan_starts
),

segments_by_day as (
    select
        {%- for segment in plan_attributes() %}
        coalesce(plan_segments.{{ segment }}, '(none)') as {{ segment }},
        {%- endfor %}
        {%- for attribute in customer_attributes() %}
        customer_segments.{{ segment_column(attribute) }},
        {%- endfor %}
        plan_spans.customer_id,
        plan_spans.from_on,
        plan_spans.to_on
    from plan_spans
    inner join customer_segments on plan_spans.customer_id = customer_segments.customer_id
    left join plan_segments on plan_spans.plan_id = plan_segments.plan_id
    -- with another plan from the next day on, no day is left without a plan
    where plan_spans.to_on > plan_spans.from_on or plan_spans.to_on is null
)

select * from segments_by_day
