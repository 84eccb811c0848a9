-- Active customers and MRR at the end of each day, by segment: running sums of signed amounts. The
-- first day carries everything before it.

with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

customer_segments as (
    select * from {{ ref('customer_success', 'int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('customer_success', 'int_plan_segments') }}
),

days as (
    select * from {{ ref('customer_success', 'int_reporting_days') }}
),

signed_amounts as (
    select
        customer_id,
        changed_on,
        plan_id_before as plan_id,
        -mrr_before as mrr_change,
        case when mrr_before > 0 then -1 else 0 end as customers_change
    from changes
    where mrr_before > 0
    union all
    select
        customer_id,
        changed_on,
        plan_id_after as plan_id,
        mrr_after as mrr_change,
        case when mrr_after > 0 then 1 else 0 end as customers_change
    from changes
    where mrr_after > 0
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        signed_amounts.changed_on,
        signed_amounts.mrr_change,
        signed_amounts.customers_change
    from signed_amounts
    inner join customer_segments on signed_amounts.customer_id = customer_segments.customer_id
    left join plan_segments on signed_amounts.plan_id = plan_segments.plan_id
),

changes_by_segment as (
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        changed_on,
        sum(customers_change) as active_customers,
        sum(mrr_change) as mrr
    from segmented
    group by {{ segment_sets(['changed_on']) }}
),

totals as (
    {{ running_totals('changes_by_segment', ['active_customers', 'mrr'], 'days') }}
)

select * from totals
