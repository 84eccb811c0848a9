-- Signed amounts by cohort (month of the first active day), months since and segment.

with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
    where mrr_before <> mrr_after
),

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
    where first_active_on is not null
),

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        {{ month_start('changes.first_active_on') }} as cohort_month,
        {{ month_number('changes.changed_on') }}
        - {{ month_number('changes.first_active_on') }} as months_since,
        case when changes.changed_on = changes.first_active_on then 1 else 0 end
            as cohort_customers,
        case
            when changes.changed_on = changes.first_active_on then changes.mrr_after
            else 0
        end as cohort_mrr,
        case
            when changes.mrr_before = 0 then 1
            when changes.mrr_after = 0 then -1
            else 0
        end as customers_change,
        changes.mrr_after - changes.mrr_before as mrr_change
    from changes
    inner join activity on changes.customer_id = activity.customer_id
    inner join customer_segments on changes.customer_id = customer_segments.customer_id
    left join plan_segments on activity.first_plan_id = plan_segments.plan_id
),

totals as (
    select
        cohort_month,
        months_since,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(cohort_customers) as cohort_customers,
        sum(cohort_mrr) as cohort_mrr,
        sum(customers_change) as customers_change,
        sum(mrr_change) as mrr_change
    from segmented
    group by {{ segment_sets(['cohort_month', 'months_since']) }}
)

select * from totals
