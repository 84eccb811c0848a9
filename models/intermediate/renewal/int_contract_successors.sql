-- A contract term and one that renews it: because it names the term as its predecessor, or because
-- the customer's terms were evidently brought together in it (see renewal.md).

{%- set grace_days = var('renewal_grace_days') | int %}

with

terms as (
    select * from {{ ref('customer_success', 'int_contract_terms') }}
),

whole_names as (
    select
        terms.contract_id as successor_id,
        named.contract_id
    from terms
    inner join terms as named on terms.previous_contract_id = named.contract_id
),

-- a text that is no contract itself may name several
listed_names as (
    select
        terms.contract_id as successor_id,
        {{ listed_parts('terms.previous_contract_id') }} as listed_id
    from terms
    left join whole_names on terms.contract_id = whole_names.successor_id
    where whole_names.successor_id is null
        and {{ is_list('terms.previous_contract_id') }}
),

names as (
    select
        contract_id,
        successor_id
    from whole_names
    union
    select
        terms.contract_id,
        listed_names.successor_id
    from listed_names
    inner join terms on trim(listed_names.listed_id) = terms.contract_id
),

named as (
    select * from names
    where contract_id <> successor_id
),

named_values as (
    select
        named.successor_id,
        sum(terms.monthly_value) as monthly_value,
        count(*) - count(terms.monthly_value) as unvalued_terms
    from named
    inner join terms on named.contract_id = terms.contract_id
    group by named.successor_id
),

-- terms that nobody names; one that is said to have lapsed is not taken for renewed
unnamed as (
    select terms.*
    from terms
    left join named on terms.contract_id = named.contract_id
    where named.contract_id is null
        and (terms.renewal_status is null or terms.renewal_status <> 'lapsed')
),

-- a term and one that may have taken it in
meetings as (
    select
        unnamed.contract_id,
        unnamed.monthly_value,
        terms.contract_id as successor_id,
        terms.monthly_value as successor_value,
        named_values.monthly_value as named_value,
        named_values.unvalued_terms
    from unnamed
    inner join terms
        on unnamed.customer_id = terms.customer_id
            and unnamed.term_start < terms.term_start
            and {{ add_days('unnamed.term_end', grace_days) }} >= terms.term_start
            and unnamed.term_end < terms.term_end
            and coalesce(unnamed.subscription_id = terms.subscription_id, true)
    inner join named_values on terms.contract_id = named_values.successor_id
),

-- two terms that follow one and the same do not renew each other
siblings as (
    select distinct
        elder.successor_id as contract_id,
        younger.successor_id
    from named as elder
    inner join named as younger on elder.contract_id = younger.contract_id
),

candidates as (
    select
        meetings.contract_id,
        meetings.successor_id,
        meetings.successor_value,
        meetings.named_value + sum(meetings.monthly_value) over (
            partition by meetings.successor_id
        ) as renewed_value,
        meetings.unvalued_terms + count(*) over (partition by meetings.successor_id)
        - count(meetings.monthly_value) over (partition by meetings.successor_id)
            as unvalued_terms
    from meetings
    left join siblings
        on meetings.contract_id = siblings.contract_id
            and meetings.successor_id = siblings.successor_id
    where siblings.contract_id is null
),

-- all that a term may have taken in, or none: it must be worth them together
inferred as (
    select * from candidates
    where unvalued_terms = 0
        and successor_value >= renewed_value
),

successors as (
    select
        contract_id,
        successor_id,
        false as is_inferred
    from named
    union all
    select
        contract_id,
        successor_id,
        true as is_inferred
    from inferred
)

select * from successors
