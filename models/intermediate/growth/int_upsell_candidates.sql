-- Customers in the top fifth of their plan by usage, in the green health band, below the top tier.

with

recent_usage as (
    select
        *,
        cast(usage_score as numeric(18, 6)) as compared_score
    from {{ ref('customer_success', 'int_recent_usage') }}
),

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

scores as (
    select * from {{ ref('customer_success', 'fct_customer_health') }}
    where month_end = {{ as_of_date() }}
        and health_band = 'green'
),

ranked as (
    select
        *,
        rank() over (partition by plan_id order by compared_score desc) as usage_rank,
        count(*) over (partition by plan_id) as customers_of_plan
    from recent_usage
    where compared_score is not null
),

candidates as (
    select
        ranked.customer_id,
        'upsell' as candidate_type,
        plans.product_id,
        'usage score '
        || {{ whole_number('ranked.usage_score') }}
        || ' over eight weeks, rank '
        || {{ whole_number('ranked.usage_rank') }}
        || ' of '
        || {{ whole_number('ranked.customers_of_plan') }}
        || ' in plan ' || ranked.plan_id as evidence
    from ranked
    inner join plans on ranked.plan_id = plans.plan_id
    inner join scores on ranked.customer_id = scores.customer_id
    where ranked.compared_score > 0
        and 5 * (ranked.usage_rank - 1) < ranked.customers_of_plan
        and not plans.is_top_tier
)

select * from candidates
