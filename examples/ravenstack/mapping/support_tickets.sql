-- One row per ticket. submitted_at is a day; closed_at has a time of day only because it is that
-- day's midnight plus resolution_time_hours. So elapsed times are right, and times that depend on
-- the hour, such as business minutes, are not.
select
    ticket_id,
    account_id as customer_id,
    priority,
    submitted_at::timestamp at time zone 'Asia/Tokyo' as opened_at,
    (submitted_at + to_minutes(first_response_time_minutes))
        at time zone 'Asia/Tokyo' as first_responded_at,
    closed_at at time zone 'Asia/Tokyo' as resolved_at
    -- channel, category: not in the source. escalation_flag: the raw contract has no place for it.
from 'examples/ravenstack/data/ravenstack_support_tickets.csv'
