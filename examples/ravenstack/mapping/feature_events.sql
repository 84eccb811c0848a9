-- One row per use: a source row stands for usage_count of them, and for none if that is 0.
select
    -- usage_id is not unique: 21 ids stand for two different uses each, of different subscriptions.
    -- As keys, they would make one of the two supersede the other.
    usage.usage_id || '-' || usage.subscription_id || '-' || unnest(range(1, usage.usage_count + 1))
        as event_id,
    subscriptions.account_id as customer_id,
    usage.feature_name as feature_code,
    usage.usage_date::timestamp at time zone 'Asia/Tokyo' as occurred_at
    -- error_count, is_beta_feature: the raw contract has no place for them.
from 'examples/ravenstack/data/ravenstack_feature_usage.csv' as usage
inner join 'examples/ravenstack/data/ravenstack_subscriptions.csv' as subscriptions
    on usage.subscription_id = subscriptions.subscription_id
