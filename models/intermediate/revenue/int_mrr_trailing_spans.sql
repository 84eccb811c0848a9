-- A window of twelve months ending in month w opens with the state at the end of month w − 12 and
-- closes with the state at the end of month w. Both are steps that change in few months, so the
-- windows between two such months are alike: one row for all of them.

with

month_ends as (
    select
        *,
        {{ month_number('period_start') }} as month_number
    from {{ ref('int_mrr_endpoints') }}
    where period_grain = 'month'
),

events as (
    select
        customer_id,
        month_number,
        closing_mrr - opening_mrr as closing_change,
        0 as opening_change,
        month_number as closing_month,
        cast(null as integer) as opening_month,
        case when was_active_within then 1 else 0 end as active_months_change
    from month_ends
    union all
    select
        customer_id,
        month_number + 12 as month_number,
        0 as closing_change,
        closing_mrr - opening_mrr as opening_change,
        cast(null as integer) as closing_month,
        month_number as opening_month,
        case when was_active_within then -1 else 0 end as active_months_change
    from month_ends
),

monthly_events as (
    select
        customer_id,
        month_number,
        sum(closing_change) as closing_change,
        sum(opening_change) as opening_change,
        max(closing_month) as closing_month,
        max(opening_month) as opening_month,
        sum(active_months_change) as active_months_change
    from events
    group by customer_id, month_number
),

spans as (
    select
        customer_id,
        month_number as first_window_month,
        lead(month_number) over (partition by customer_id order by month_number) - 1
            as last_window_month,
        sum(opening_change) over so_far as opening_mrr,
        sum(closing_change) over so_far as closing_mrr,
        max(opening_month) over so_far as opening_month,
        max(closing_month) over so_far as closing_month,
        sum(active_months_change) over so_far > 0 as was_active_within
    from monthly_events
    window so_far as (
        partition by customer_id order by month_number
        rows between unbounded preceding and current row
    )
),

-- the last span, and any without a change in twelve months, opens and closes in the same state
moved as (
    select * from spans
    where last_window_month is not null and (opening_month is null or opening_month <> closing_month)
),

with_plans as (
    select
        moved.customer_id,
        moved.first_window_month,
        moved.last_window_month,
        cast(moved.opening_mrr as numeric(18, 4)) as opening_mrr,
        cast(moved.closing_mrr as numeric(18, 4)) as closing_mrr,
        opening.closing_plan_id as opening_plan_id,
        closing.closing_plan_id,
        closing.first_active_on,
        closing.last_churned_on,
        moved.was_active_within
    from moved
    inner join month_ends as closing
        on moved.customer_id = closing.customer_id and moved.closing_month = closing.month_number
    left join month_ends as opening
        on moved.customer_id = opening.customer_id and moved.opening_month = opening.month_number
)

select * from with_plans
