-- One row per account.
select
    account_id as customer_id,
    account_name as customer_name,
    -- The source has days without a time zone; raw timestamps are UTC. Midnight of that day by the
    -- clock of reporting_timezone (here its default) is the instant that becomes the same day again
    -- in the warehouse. Built with another reporting_timezone, change the zone here too.
    signup_date::timestamp at time zone 'Asia/Tokyo' as signed_up_at,
    -- ISO 3166-1 calls it GB.
    if(country = 'UK', 'GB', country) as country_code,
    industry,
    referral_source as acquisition_channel
    -- company_size: the source has seats, and how many seats an account bought is not how many
    -- people work there. csm_owner and contact_email: not in the source. plan_tier, seats and
    -- is_trial of an account are its first ones, and churn_flag contradicts churn_events; the
    -- subscriptions tell all of this day by day.
from 'examples/ravenstack/data/ravenstack_accounts.csv'
