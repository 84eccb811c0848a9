{{ checked_raw_rows('customers') }}
