{{ checked_raw_rows('support_tickets') }}
