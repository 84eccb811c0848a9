{{ checked_raw_rows('orders') }}
