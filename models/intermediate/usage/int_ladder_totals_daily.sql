-- Customers by segment and the day that is ladder_days after their sign-up, and those that had
-- reached the top of the feature ladder by then.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

customers as (
    select
        customer_id,
        {{ add_days('signed_up_on', var('ladder_days')) }} as due_on
    from {{ ref('customer_success', 'int_customers') }}
),

features as (
    select max(ladder_stage) as top_stage from {{ config_seed('feature_catalog') }}
),

stages as (
    select * from {{ ref('customer_success', 'fct_feature_stages') }}
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
    {{ in_segments('due_customers', 'due_on', ['due_on', 'is_at_top'], 'segments') }}
),

totals as (
    select
        due_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as stage_due_customers,
        sum(is_at_top) as top_stage_customers
    from segmented
    group by {{ segment_sets(['due_on']) }}
)

select * from totals
