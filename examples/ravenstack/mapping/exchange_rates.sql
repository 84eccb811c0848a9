-- The source is in US dollars, the default reporting_currency is the yen. 150 is this example's own
-- planning rate, not a market rate. One rate for all days keeps every amount comparable; with
-- reporting_currency: USD it is not used at all.
select 'USD' as currency_code, date '2023-01-01' as valid_from, 150 as rate_to_reporting
