-- One row per subscription. An account has ten of them on average, most at the same time; the
-- warehouse adds them up per customer, so there is nothing to merge here.
with

-- One event per account and day: one account left twice on one day.
churn_events as (
    select account_id, churn_date, arg_min(reason_code, churn_event_id) as reason_code
    from 'examples/ravenstack/data/ravenstack_churn_events.csv'
    group by account_id, churn_date
)

select
    subscriptions.subscription_id,
    subscriptions.account_id as customer_id,
    -- A trial is the whole subscription here: all with is_trial are free for as long as they run,
    -- and none turns into a paid one under its own id. So its dates are those of the trial, and
    -- started_at, the paid start, stays empty.
    if(is_trial, start_date, null)::timestamp at time zone 'Asia/Tokyo' as trial_started_at,
    if(is_trial, end_date, null)::timestamp at time zone 'Asia/Tokyo' as trial_ended_at,
    if(is_trial, null, start_date)::timestamp at time zone 'Asia/Tokyo' as started_at,
    -- Is end_date the last day of service or the first day without? The source does not say. The
    -- latter, because a subscription that ends on the last day of the data is already flagged as
    -- churned. Were it the last day of service: end_date + 1, here and in subscription_items.
    end_date::timestamp at time zone 'Asia/Tokyo' as ended_at,
    -- Reasons belong to an account and a day, not to a subscription, and hardly any of these days
    -- is one on which a subscription ends. What counts is the last reason that the account had
    -- given by then; without any, the warehouse reads 'unknown'. Left side: the source's codes,
    -- right side: those of seeds/config/churn_reasons.csv. A code of one's own, such as budget, can
    -- be added there instead of being translated.
    case churn_events.reason_code
        when 'pricing' then 'too_expensive'
        when 'budget' then 'too_expensive'
        when 'support' then 'poor_support'
        when 'features' then 'missing_feature'
        when 'competitor' then 'switched_to_competitor'
        when 'unknown' then 'unknown'
    end as cancel_reason_code
    -- cancel_requested_at: not in the source, so churn_recognition: cancel_request changes nothing.
from 'examples/ravenstack/data/ravenstack_subscriptions.csv' as subscriptions
asof left join churn_events
    on subscriptions.account_id = churn_events.account_id
        and subscriptions.end_date >= churn_events.churn_date
