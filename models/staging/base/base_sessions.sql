{{ checked_raw_rows('sessions') }}
