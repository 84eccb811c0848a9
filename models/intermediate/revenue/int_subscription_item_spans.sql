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
        plans.product_id,
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
    inner join plans on items.plan_id = plans.plan_id
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
)

select * from priced
