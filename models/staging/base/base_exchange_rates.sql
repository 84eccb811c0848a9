{{ checked_raw_rows('exchange_rates') }}
