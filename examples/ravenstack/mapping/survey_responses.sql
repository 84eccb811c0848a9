-- The satisfaction score of a ticket is a CSAT answer. Every closed ticket counts as asked; a ticket
-- without a score is a question without an answer, which the response rate needs.
select
    ticket_id as response_id,
    'csat' as survey_type,
    account_id as customer_id,
    -- When it was asked and answered is not in the source: the closing of the ticket stands for both.
    closed_at at time zone 'Asia/Tokyo' as sent_at,
    if(satisfaction_score is null, null, closed_at) at time zone 'Asia/Tokyo' as responded_at,
    -- 4.0 in the source, and the raw contract takes digits only for an integer.
    satisfaction_score::integer as score
from 'examples/ravenstack/data/ravenstack_support_tickets.csv'
