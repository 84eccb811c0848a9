{{ checked_raw_rows('offers') }}
