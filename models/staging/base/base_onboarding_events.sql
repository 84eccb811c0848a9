{{ checked_raw_rows('onboarding_events') }}
