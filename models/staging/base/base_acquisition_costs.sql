{{ checked_raw_rows('acquisition_costs') }}
