{{ checked_raw_rows('community_activities') }}
