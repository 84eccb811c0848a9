-- One row: the first day that is reported. Reads the items in force because the earliest one bounds
-- the reporting window, as the earliest sign-up does.

{%- set earliest_allowed = add_months(as_of_date(), -12 * var('max_reporting_years') | int) %}

with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
),

begun as (
    select min(signed_up_on) as begun_on from customers
    union all
    select min(from_on) as begun_on from item_spans
),

-- without customers, the as-of date is the only day to report
earliest as (
    select coalesce(min(begun_on), {{ as_of_date() }}) as earliest_on
    from begun
),

reporting_start as (
    select
        earliest_on,
        {% if var('reporting_start_date') -%}
        cast('{{ var("reporting_start_date") }}' as date)
        {%- else -%}
        case
            when earliest_on < {{ earliest_allowed }} then {{ earliest_allowed }}
            else earliest_on
        end
        {%- endif %} as starts_on
    from earliest
)

select * from reporting_start
