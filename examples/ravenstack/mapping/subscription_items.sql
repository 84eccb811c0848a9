-- One row per stretch of unchanged plan, price and seats. The source keeps a subscription's latest
-- state only: upgrade_flag and downgrade_flag say that its plan changed, not when or from which
-- plan. So there is one stretch per subscription, and nothing is made of the flags.
select
    subscription_id as subscription_item_id,
    subscription_id,
    plan_tier as plan_id,
    seats as quantity,
    -- Per seat and billing interval. It must give the source's mrr_amount back, exactly, and does:
    -- seats are never 0, both amounts are whole multiples of them, and arr_amount is 12 times
    -- mrr_amount. Where amounts do not divide, take quantity 1 and the whole amount as the price.
    case billing_frequency
        when 'annual' then arr_amount // seats
        when 'monthly' then mrr_amount // seats
    end as unit_price,
    'USD' as currency_code,
    -- No "else": a frequency that turns up one day reads as null, and its rows are rejected and
    -- listed in fct_rejected_rows instead of being taken for monthly.
    case billing_frequency when 'annual' then 'year' when 'monthly' then 'month' end
        as billing_interval,
    start_date::timestamp at time zone 'Asia/Tokyo' as valid_from,
    end_date::timestamp at time zone 'Asia/Tokyo' as valid_to
from 'examples/ravenstack/data/ravenstack_subscriptions.csv'
