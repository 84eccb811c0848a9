{{ checked_raw_rows('feature_events') }}
