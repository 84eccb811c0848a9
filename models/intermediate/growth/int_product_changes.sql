-- Days on which a product of a customer was added, dropped or changed: MRR, quantity, tier and plan
-- before and after. Items are in force while they have MRR.

with

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
    where mrr > 0
),

days as (
    select
        customer_id,
        product_id,
        from_on as changed_on
    from item_spans
    union
    select
        customer_id,
        product_id,
        to_on as changed_on
    from item_spans
    where to_on is not null
),

items_in_force as (
    select
        days.customer_id,
        days.product_id,
        days.changed_on,
        item_spans.plan_id,
        item_spans.tier_rank,
        item_spans.quantity,
        item_spans.mrr,
        row_number() over (
            partition by days.customer_id, days.product_id, days.changed_on
            order by
                item_spans.tier_rank desc nulls last,
                item_spans.mrr desc nulls last,
                {{ binary_collation('item_spans.plan_id') }}
        ) as plan_rank
    from days
    left join item_spans
        on days.customer_id = item_spans.customer_id
            and days.product_id = item_spans.product_id
            and days.changed_on >= item_spans.from_on
            and (days.changed_on < item_spans.to_on or item_spans.to_on is null)
),

states as (
    select
        customer_id,
        product_id,
        changed_on,
        cast(coalesce(sum(mrr), 0) as numeric(18, 4)) as mrr_after,
        coalesce(sum(quantity), 0) as quantity_after,
        max(tier_rank) as tier_rank_after,
        max(case when plan_rank = 1 then plan_id end) as plan_id_after
    from items_in_force
    group by customer_id, product_id, changed_on
),

steps as (
    select
        customer_id,
        product_id,
        changed_on,
        coalesce(
            lag(mrr_after) over (partition by customer_id, product_id order by changed_on), 0
        ) as mrr_before,
        mrr_after,
        coalesce(
            lag(quantity_after) over (partition by customer_id, product_id order by changed_on), 0
        ) as quantity_before,
        quantity_after,
        lag(tier_rank_after) over (partition by customer_id, product_id order by changed_on)
            as tier_rank_before,
        tier_rank_after,
        lag(plan_id_after) over (partition by customer_id, product_id order by changed_on)
            as plan_id_before,
        plan_id_after,
        min(changed_on) over (partition by customer_id, product_id) as first_in_force_on
    from states
),

changes as (
    select
        *,
        lead(changed_on) over (partition by customer_id, product_id order by changed_on)
            as next_changed_on
    from steps
    where mrr_before <> mrr_after
        or quantity_before <> quantity_after
        or tier_rank_before is distinct from tier_rank_after
        or plan_id_before is distinct from plan_id_after
)

select * from changes
