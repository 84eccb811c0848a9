-- The source counts uses per subscription, day and feature and has no sign-ins. What it does support
-- is: this account used the product on this day, for this long. That is one session per account and
-- day, as long as the uses together. It starts at midnight because the time of day is unknown.
select
    subscriptions.account_id || '-' || usage.usage_date as session_id,
    subscriptions.account_id as customer_id,
    -- user_id: the source does not know persons.
    usage.usage_date::timestamp at time zone 'Asia/Tokyo' as started_at,
    (usage.usage_date + to_seconds(sum(usage.usage_duration_secs)))
        at time zone 'Asia/Tokyo' as ended_at
from 'examples/ravenstack/data/ravenstack_feature_usage.csv' as usage
inner join 'examples/ravenstack/data/ravenstack_subscriptions.csv' as subscriptions
    on usage.subscription_id = subscriptions.subscription_id
-- Two rows report no use at all.
where usage.usage_count > 0
group by subscriptions.account_id, usage.usage_date
