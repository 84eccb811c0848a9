{{ checked_raw_rows('contracts') }}
