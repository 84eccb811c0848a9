{{ checked_raw_rows('campaigns') }}
