{{ checked_raw_rows('subscription_items') }}
