with

items as (
    select * from {{ ref('customer_success', 'stg_subscription_items') }}
),

subscriptions as (
    select * from {{ ref('customer_success', 'int_subscription_spans') }}
    where started_on is not null
),

plans as (
    select * from {{ ref('customer_success', 'stg_plans') }}
),

daily_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_daily') }}
),

first_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_first') }}
),

spans as (
    select
        items.subscription_item_id,
        items.subscription_id,
        subscriptions.customer_id,
        items.plan_id,
        -- where plans are not landed, nobody knows of which product an item is
        coalesce(plans.product_id, '(none)') as product_id,
        plans.tier_rank,
        items.quantity,
        items.unit_price,
        items.discount_rate,
        items.currency_code,
        items.billing_interval,
        case
            when subscriptions.started_on > items.valid_from_on then subscriptions.started_on
            else items.valid_from_on
        end as from_on,
        case
            when subscriptions.ended_on < items.valid_to_on or items.valid_to_on is null
                then subscriptions.ended_on
            else items.valid_to_on
        end as to_on
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    left join plans on items.plan_id = plans.plan_id
),

-- an item that ends on the day it starts, or before, is in force on no day
in_force as (
    select * from spans
    where to_on > from_on or to_on is null
),

priced as (
    select
        in_force.subscription_item_id,
        in_force.subscription_id,
        in_force.customer_id,
        in_force.plan_id,
        in_force.product_id,
        in_force.tier_rank,
        in_force.quantity,
        in_force.from_on,
        in_force.to_on,
        {{ item_mrr(
            'in_force.quantity', 'in_force.unit_price', 'in_force.discount_rate',
            exchange_rate('daily_rates', 'first_rates', 'in_force.currency_code'),
            'in_force.billing_interval',
        ) }} as mrr
    from in_force
    {{ join_exchange_rates(
        'daily_rates', 'first_rates', 'in_force.currency_code', 'in_force.from_on'
    ) }}
),

-- until when the items that begin earlier bring MRR
paid as (
    select
        customer_id,
        from_on,
        max(coalesce(to_on, cast('9999-12-31' as date))) over (
            partition by customer_id order by from_on
            rows between unbounded preceding and 1 preceding
        ) as paid_until
    from priced
    where mrr > 0
),

gaps as (
    select distinct
        customer_id,
        paid_until as from_on,
        from_on as to_on
    from paid
    where from_on > paid_until
        and {{ days_between('paid_until', 'from_on') }} <= {{ var('mrr_gap_days') | int }}
),

-- a gap as short as that does not count: what ended when it began runs on until it ends
bridged as (
    select
        priced.subscription_item_id,
        priced.subscription_id,
        priced.customer_id,
        priced.plan_id,
        priced.product_id,
        priced.tier_rank,
        priced.quantity,
        priced.from_on,
        coalesce(gaps.to_on, priced.to_on) as to_on,
        priced.mrr
    from priced
    left join gaps
        on priced.customer_id = gaps.customer_id
            and priced.to_on = gaps.from_on
            and priced.mrr > 0
)

select * from bridged
