-- Active customers and MRR at the end of each day, by segment: running sums of signed amounts. The
-- first day carries all that went before it.

with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
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
        sum(mrr_change) as mrr_change,
        sum(customers_change) as customers_change
    from segmented
    group by {{ segment_sets(['changed_on']) }}  -- noqa: PRS
),

first_day as (
    select min(day_on) as first_on from days
),

changes_by_day as (
    select
        segment_type,
        segment_value,
        case when changed_on > first_on then changed_on else first_on end as day_on,
        sum(mrr_change) as mrr_change,
        sum(customers_change) as customers_change
    from changes_by_segment
    cross join first_day
    group by segment_type, segment_value, day_on
),

segments as (
    select distinct
        segment_type,
        segment_value
    from changes_by_segment
),

totals as (
    select
        segments.segment_type,
        segments.segment_value,
        days.day_on,
        sum(coalesce(changes_by_day.customers_change, 0)) over so_far as active_customers,
        sum(coalesce(changes_by_day.mrr_change, 0)) over so_far as mrr
    from segments
    cross join days
    left join changes_by_day
        on segments.segment_type = changes_by_day.segment_type
            and segments.segment_value = changes_by_day.segment_value
            and days.day_on = changes_by_day.day_on
    window so_far as (
        partition by segments.segment_type, segments.segment_value order by days.day_on
        rows between unbounded preceding and current row
    )
)

select * from totals
