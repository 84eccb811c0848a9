-- The day on which each customer reached each stage of the feature ladder: the latest of its first
-- uses of that stage and of all stages below.

with

feature_events as (
    select * from {{ ref('customer_success', 'stg_feature_events') }}
),

features as (
    select * from {{ config_seed('feature_catalog') }}
    where ladder_stage is not null
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

first_uses as (
    select
        feature_events.customer_id,
        features.ladder_stage,
        min(feature_events.occurred_on) as first_used_on
    from feature_events
    inner join features on feature_events.feature_code = features.feature_code
    inner join customers on feature_events.customer_id = customers.customer_id
    group by feature_events.customer_id, features.ladder_stage
),

climbed as (
    select
        customer_id,
        ladder_stage,
        row_number() over (partition by customer_id order by ladder_stage) as stages_used,
        max(first_used_on) over (
            partition by customer_id order by ladder_stage
            rows between unbounded preceding and current row
        ) as reached_on
    from first_uses
),

-- stages are numbered from 1 without gaps, so stage n is reached when n stages have been used
stages as (
    select
        customer_id,
        ladder_stage,
        reached_on
    from climbed
    where stages_used = ladder_stage
)

select * from stages
