with

daily_changes as (
    select * from {{ ref('customer_success', 'int_mrr_daily_changes') }}
),

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
),

plans_in_force as (
    select
        daily_changes.customer_id,
        daily_changes.changed_on,
        item_spans.plan_id,
        row_number() over (
            partition by daily_changes.customer_id, daily_changes.changed_on
            order by
                item_spans.mrr desc,
                item_spans.tier_rank desc nulls last,
                {{ binary_collation('item_spans.plan_id') }}
        ) as plan_rank
    from daily_changes
    inner join item_spans
        on daily_changes.customer_id = item_spans.customer_id
            and daily_changes.changed_on >= item_spans.from_on
            and (daily_changes.changed_on < item_spans.to_on or item_spans.to_on is null)
),

primary_plans as (
    select
        customer_id,
        changed_on,
        plan_id
    from plans_in_force
    where plan_rank = 1
),

with_plans as (
    select
        daily_changes.customer_id,
        daily_changes.changed_on,
        daily_changes.mrr_before,
        daily_changes.mrr_after,
        lag(primary_plans.plan_id) over (
            partition by daily_changes.customer_id order by daily_changes.changed_on
        ) as plan_id_before,
        primary_plans.plan_id as plan_id_after
    from daily_changes
    left join primary_plans
        on daily_changes.customer_id = primary_plans.customer_id
            and daily_changes.changed_on = primary_plans.changed_on
),

changes as (
    select * from with_plans
    where mrr_before <> mrr_after
        or coalesce(plan_id_before, '') <> coalesce(plan_id_after, '')
),

-- computed here so that later models need not sort again
with_history as (
    select
        customer_id,
        changed_on,
        mrr_before,
        mrr_after,
        plan_id_before,
        plan_id_after,
        min(case when mrr_after > 0 then changed_on end) over (partition by customer_id)
            as first_active_on,
        max(case when mrr_before > 0 and mrr_after = 0 then changed_on end) over (
            partition by customer_id order by changed_on
            rows between unbounded preceding and current row
        ) as last_churned_on,
        cast(sum(case when mrr_after > 0 then 1 else 0 end) over (
            partition by customer_id order by changed_on
            rows between unbounded preceding and current row
        ) as integer) as active_changes,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on
    from changes
)

select * from with_history
