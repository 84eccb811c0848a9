{{ checked_raw_rows('subscriptions') }}
