-- A contract term and one that renewed it in time, with its share of the value of that.

{%- set grace_days = var('renewal_grace_days') | int %}

with

successors as (
    select * from {{ ref('customer_success', 'int_contract_successors') }}
),

terms as (
    select * from {{ ref('customer_success', 'int_contract_terms') }}
),

in_time as (
    select
        successors.contract_id,
        successors.successor_id,
        successors.is_inferred,
        renewing.term_start,
        renewing.renewal_type,
        renewing.monthly_value as successor_value,
        renewed.monthly_value
    from successors
    inner join terms as renewed on successors.contract_id = renewed.contract_id
    inner join terms as renewing on successors.successor_id = renewing.contract_id
    where renewing.term_start <= {{ add_days('renewed.term_end', grace_days) }}
        and renewing.term_start <= {{ as_of_date() }}
),

together as (
    select
        *,
        count(*) over (partition by successor_id) as renewed_terms,
        count(monthly_value) over (partition by successor_id) as valued_terms,
        sum(monthly_value) over (partition by successor_id) as renewed_value
    from in_time
),

shares as (
    select
        contract_id,
        successor_id,
        is_inferred,
        term_start,
        renewal_type,
        {{ shared_value(
            'successor_value', 'monthly_value', 'renewed_value', 'renewed_terms', 'valued_terms'
        ) }} as renewed_monthly_value
    from together
)

select * from shares
