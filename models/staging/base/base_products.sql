{{ checked_raw_rows('products') }}
