-- Churns by day and segment whose time to be won back is over, and how many were.

with

churns as (
    select * from {{ ref('int_churns') }}
    where churned_on <= {{ add_days(as_of_date(), -(var('winback_days') | int)) }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        churns.churned_on,
        case
            when churns.reactivated_on <= {{ add_days('churns.churned_on', var('winback_days')) }}
                then 1
            else 0
        end as won_back
    from churns
    inner join customer_segments on churns.customer_id = customer_segments.customer_id
    left join plan_segments on churns.plan_id = plan_segments.plan_id
),

totals as (
    select
        churned_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as winback_eligible_churns,
        sum(won_back) as won_back_churns
    from segmented
    group by {{ segment_sets(['churned_on']) }}  -- noqa: PRS
)

select * from totals
