-- A window of twelve months ending in month w opens with the state at the end of month w − 12 and
-- closes with the state at the end of month w. Either state lasts for some months, so windows come
-- in spans that are alike: one row for each pair of states that some window opens and closes with.

with

month_states as (
    select
        *,
        {{ month_number('period_start') }} as from_month,
        lead({{ month_number('period_start') }}) over (
            partition by customer_id order by period_start
        ) as next_month
    from {{ ref('int_mrr_period_states') }}
    where period_grain = 'month'
),

closing_states as (
    select
        customer_id,
        from_month,
        next_month,
        closing_mrr as mrr,
        closing_plan_id as plan_id,
        first_active_on,
        last_churned_on,
        active_changes
    from month_states
),

-- the same a year later; before its first change a customer is at 0
opening_states as (
    select
        customer_id,
        from_month + 12 as from_month,
        next_month + 12 as next_month,
        mrr,
        plan_id,
        active_changes
    from closing_states
    union all
    select
        customer_id,
        min(from_month) as from_month,
        min(from_month) + 12 as next_month,
        0 as mrr,
        null as plan_id,
        0 as active_changes
    from closing_states
    group by customer_id
),

spans as (
    select
        closing.customer_id,
        case
            when closing.from_month > opening.from_month then closing.from_month
            else opening.from_month
        end as first_window_month,
        case
            when closing.next_month < opening.next_month then closing.next_month
            else opening.next_month
        end - 1 as last_window_month,
        opening.mrr as opening_mrr,
        closing.mrr as closing_mrr,
        opening.plan_id as opening_plan_id,
        closing.plan_id as closing_plan_id,
        closing.first_active_on,
        closing.last_churned_on,
        closing.active_changes > opening.active_changes as was_active_within
    from closing_states as closing
    inner join opening_states as opening
        on closing.customer_id = opening.customer_id
            and (closing.next_month > opening.from_month or closing.next_month is null)
            and opening.next_month > closing.from_month
)

select * from spans
