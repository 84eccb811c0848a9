-- The source has no list of plans, only a plan_tier in each subscription.
select
    plan_tier as plan_id,
    'ravenstack' as product_id,
    plan_tier as plan_name,
    -- The order of the tiers is in no column: it is read off the prices. Ranks are what makes a move
    -- between plans an upsell or a downgrade.
    case plan_tier when 'Basic' then 1 when 'Pro' then 2 when 'Enterprise' then 3 end as tier_rank,
    -- Per seat; within a tier every paid subscription has the same price.
    min(mrr_amount // seats) as list_monthly_price,
    'USD' as currency_code
from 'examples/ravenstack/data/ravenstack_subscriptions.csv'
where not is_trial
group by plan_tier
