-- Contract terms that end within renewal_alert_days, neither renewed yet nor said to be decided.

with

terms as (
    select * from {{ ref('customer_success', 'int_contract_terms') }}
),

successors as (
    select * from {{ ref('customer_success', 'int_contract_successors') }}
),

-- also by a term that was signed and has not begun
renewed as (
    select distinct contract_id
    from successors
),

open_terms as (
    select
        terms.contract_id,
        terms.customer_id,
        terms.term_start,
        terms.term_end,
        terms.renewal_type,
        {{ add_days('terms.term_end', -1 * var('renewal_alert_days') | int) }} as alert_on
    from terms
    left join renewed on terms.contract_id = renewed.contract_id
    where renewed.contract_id is null
        and coalesce(terms.renewal_status, 'pending') = 'pending'
        and terms.term_start <= {{ as_of_date() }}
        and terms.term_end >= {{ as_of_date() }}
        and terms.term_end <= {{ add_days(as_of_date(), var('renewal_alert_days')) }}
),

dated as (
    select
        *,
        case when alert_on < term_start then term_start else alert_on end as due_from_on
    from open_terms
)

select * from dated
