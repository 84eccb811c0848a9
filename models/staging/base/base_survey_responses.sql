{{ checked_raw_rows('survey_responses') }}
