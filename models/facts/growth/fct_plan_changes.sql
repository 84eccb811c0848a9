-- Days on which a product was added, dropped, or moved to another tier or plan, of customers that
-- were active both the day before and that day.

with

product_changes as (
    select * from {{ ref('customer_success', 'int_product_changes') }}
),

mrr_changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

plan_changes as (
    select
        customer_id,
        product_id,
        changed_on,
        {{ product_driver(
            'mrr_before', 'mrr_after', 'tier_rank_before', 'tier_rank_after', '0', '0',
            'changed_on = first_in_force_on',
        ) }} as driver,
        plan_id_before,
        plan_id_after,
        cast(mrr_after - mrr_before as numeric(18, 4)) as mrr_change
    from product_changes
    where (mrr_before = 0) <> (mrr_after = 0)
        or tier_rank_before <> tier_rank_after
        or plan_id_before <> plan_id_after
),

next_churns as (
    select
        plan_changes.customer_id,
        plan_changes.product_id,
        plan_changes.changed_on,
        min(churns.churned_on) as churned_on
    from plan_changes
    inner join churns
        on plan_changes.customer_id = churns.customer_id
            and churns.churned_on > plan_changes.changed_on
    group by plan_changes.customer_id, plan_changes.product_id, plan_changes.changed_on
),

followed as (
    select
        plan_changes.customer_id,
        plan_changes.product_id,
        plan_changes.changed_on,
        {{ add_days('plan_changes.changed_on', 90) }} as followed_until,
        case when plan_changes.driver = 'price' then 'plan_change' else plan_changes.driver end
            as change_type,
        plan_changes.plan_id_before,
        plan_changes.plan_id_after,
        plan_changes.mrr_change,
        case
            when next_churns.churned_on <= {{ add_days('plan_changes.changed_on', 90) }} then true
            when {{ add_days('plan_changes.changed_on', 90) }} <= {{ as_of_date() }} then false
        end as churned_within_90_days
    from plan_changes
    left join next_churns
        on plan_changes.customer_id = next_churns.customer_id
            and plan_changes.product_id = next_churns.product_id
            and plan_changes.changed_on = next_churns.changed_on
    -- a customer that started or churned that day has no plan change
    left join mrr_changes
        on plan_changes.customer_id = mrr_changes.customer_id
            and plan_changes.changed_on = mrr_changes.changed_on
    where coalesce(mrr_changes.mrr_before, 1) > 0 and coalesce(mrr_changes.mrr_after, 1) > 0
)

select * from followed
