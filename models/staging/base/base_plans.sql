{{ checked_raw_rows('plans') }}
