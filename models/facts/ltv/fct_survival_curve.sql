-- Kaplan–Meier by segment: customers at risk in each month of tenure, and those that churn in it.
-- By plan and product, a customer is counted under the primary plan of its first active day.

with

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
    where first_active_on is not null
),

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

first_churns as (
    select
        customer_id,
        min(churned_on) as churned_on
    from churns
    group by customer_id
),

lives as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        {{ tenure_months(days_between(
            'activity.first_active_on', 'coalesce(first_churns.churned_on, ' ~ as_of_date() ~ ')'
        )) }} as tenure_month,
        case when first_churns.churned_on is null then 0 else 1 end as is_churned
    from activity
    inner join customer_segments on activity.customer_id = customer_segments.customer_id
    left join plan_segments on activity.first_plan_id = plan_segments.plan_id
    left join first_churns on activity.customer_id = first_churns.customer_id
),

ends as (
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        tenure_month,
        count(*) as customers,
        sum(is_churned) as churned
    from lives
    group by {{ segment_sets(['tenure_month']) }}
),

segments as (
    select
        segment_type,
        segment_value,
        max(tenure_month) as longest_tenure
    from ends
    group by segment_type, segment_value
),

tenure_months as (
    {{ integer_range('(select max(tenure_month) from ends)') }}
),

at_risk as (
    select
        segments.segment_type,
        segments.segment_value,
        tenure_months.number as tenure_month,
        cast(sum(coalesce(ends.customers, 0)) over (
            partition by segments.segment_type, segments.segment_value
            order by tenure_months.number desc
            rows between unbounded preceding and current row
        ) as integer) as at_risk,
        cast(coalesce(ends.churned, 0) as integer) as churned
    from segments
    inner join tenure_months on tenure_months.number <= segments.longest_tenure
    left join ends
        on segments.segment_type = ends.segment_type
            and segments.segment_value = ends.segment_value
            and tenure_months.number = ends.tenure_month
),

hazards as (
    select
        *,
        {{ ratio('churned', 'at_risk') }} as hazard
    from at_risk
),

curve as (
    select
        *,
        {{ surviving_share('hazard', ['segment_type', 'segment_value'], 'tenure_month') }}
            as survival
    from hazards
)

select * from curve
