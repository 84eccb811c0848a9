-- Customers by the day that is ladder_days after their sign-up and segment, and those at the top of
-- the feature ladder by then.

with

customers as (
    select
        *,
        {{ add_days('signed_up_on', var('ladder_days')) }} as due_on
    from {{ ref('int_customers') }}
),

features as (
    select max(ladder_stage) as top_stage from {{ ref('feature_catalog') }}
),

stages as (
    select * from {{ ref('int_feature_stages') }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

due_customers as (
    select
        customers.customer_id,
        customers.due_on,
        case
            when features.top_stage is null then null
            when stages.reached_on <= customers.due_on then 1
            else 0
        end as is_at_top
    from customers
    cross join features
    left join stages
        on customers.customer_id = stages.customer_id
            and features.top_stage = stages.ladder_stage
    where customers.due_on <= {{ as_of_date() }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        due_customers.due_on,
        due_customers.is_at_top
    from due_customers
    inner join customer_segments on due_customers.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('due_customers.customer_id', 'due_customers.due_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
),

totals as (
    select
        due_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as stage_due_customers,
        sum(is_at_top) as top_stage_customers
    from segmented
    group by {{ segment_sets(['due_on']) }}  -- noqa: PRS
)

select * from totals
