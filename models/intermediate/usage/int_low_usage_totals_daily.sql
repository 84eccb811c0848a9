-- Customers in a low-usage streak at the end of each day, by segment. A streak counts from the
-- Sunday on which it is long enough until another complete week has ended it, while the customer is
-- active.

{%- set weeks_needed = var('low_usage_weeks') | int %}

with

streaks as (
    select * from {{ ref('customer_success', 'fct_low_use_streaks') }}
),

plan_spans as (
    select
        *,
        changed_on as from_on,
        next_changed_on as to_on
    from {{ ref('customer_success', 'fct_mrr_changes') }}
    where mrr_after > 0
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

counted as (
    select
        customer_id,
        {{ add_days('streak_start', 7 * weeks_needed - 1) }} as from_on,
        {{ add_days('streak_end', 7) }} as to_on
    from streaks
),

pieces as (
    select
        counted.customer_id,
        plan_spans.plan_id_after as plan_id,
        case
            when plan_spans.from_on > counted.from_on then plan_spans.from_on
            else counted.from_on
        end as from_on,
        case
            when plan_spans.to_on < counted.to_on then plan_spans.to_on
            else counted.to_on
        end as to_on
    from counted
    inner join plan_spans
        on counted.customer_id = plan_spans.customer_id
            and plan_spans.from_on < counted.to_on
            and (plan_spans.to_on > counted.from_on or plan_spans.to_on is null)
),

signed as (
    select
        customer_id,
        plan_id,
        from_on as changed_on,
        1 as customers_change
    from pieces
    union all
    select
        customer_id,
        plan_id,
        to_on as changed_on,
        -1 as customers_change
    from pieces
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        signed.changed_on,
        signed.customers_change
    from signed
    inner join customer_segments on signed.customer_id = customer_segments.customer_id
    left join plan_segments on signed.plan_id = plan_segments.plan_id
),

changes_by_segment as (
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        changed_on,
        sum(customers_change) as low_usage_customers
    from segmented
    group by {{ segment_sets(['changed_on']) }}
),

totals as (
    {{ running_totals('changes_by_segment', ['low_usage_customers'], 'days') }}
)

select * from totals
