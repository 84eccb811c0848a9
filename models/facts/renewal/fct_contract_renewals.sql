{%- set grace_days = var('renewal_grace_days') | int -%}
{%- set dormant_days = var('dormant_days') | int -%}

with

terms as (
    select * from {{ ref('customer_success', 'int_contract_terms') }}
),

contract_renewals as (
    select * from {{ ref('customer_success', 'int_contract_renewals') }}
),

sessions as (
    select * from {{ ref('customer_success', 'stg_sessions') }}
),

due_terms as (
    select * from terms
    where term_end <= {{ as_of_date() }}
),

ranked_renewals as (
    select
        *,
        sum(renewed_monthly_value) over (partition by contract_id) as renewed_value,
        row_number() over (
            partition by contract_id
            order by term_start, {{ binary_collation('successor_id') }}
        ) as renewal_number
    from contract_renewals
),

-- the first of the terms that follow stands for all; their values add up
renewals as (
    select * from ranked_renewals
    where renewal_number = 1
),

auto_renewals as (
    select
        due_terms.contract_id,
        due_terms.customer_id,
        due_terms.term_end
    from due_terms
    inner join renewals on due_terms.contract_id = renewals.contract_id
    where renewals.renewal_type = 'auto'
),

used_auto_renewals as (
    select distinct auto_renewals.contract_id
    from auto_renewals
    inner join sessions
        on auto_renewals.customer_id = sessions.customer_id
            and sessions.started_on >= {{ add_days('auto_renewals.term_end', -dormant_days) }}
            and sessions.started_on < auto_renewals.term_end
),

outcomes as (
    select
        due_terms.contract_id,
        due_terms.customer_id,
        due_terms.term_start,
        due_terms.term_end,
        case
            when renewals.contract_id is not null then 'renewed'
            when due_terms.renewal_status in ('renewed', 'lapsed') then due_terms.renewal_status
            when {{ add_days('due_terms.term_end', grace_days) }} >= {{ as_of_date() }}
                then 'pending'
            else 'lapsed'
        end as status,
        renewals.renewal_type,
        renewals.successor_id as renewed_contract_id,
        due_terms.monthly_value as due_monthly_value,
        -- a term that is only said to be renewed keeps its value
        cast(
            case
                when renewals.contract_id is not null then renewals.renewed_value
                when due_terms.renewal_status = 'renewed' then due_terms.monthly_value
            end
            as numeric(18, 4)
        ) as renewed_monthly_value,
        {% if raw_table_is_present('sessions') -%}
        coalesce(renewals.renewal_type = 'auto', false) and used_auto_renewals.contract_id is null
        {%- else -%}
        {#- without the table dormancy is unknown -#}
        cast(null as boolean)
        {%- endif %} as is_dormant,
        case
            when renewals.is_inferred then 'inferred'
            when renewals.contract_id is not null then 'named'
            when due_terms.renewal_status = 'renewed' then 'stated'
        end as renewal_source
    from due_terms
    left join renewals on due_terms.contract_id = renewals.contract_id
    left join used_auto_renewals on due_terms.contract_id = used_auto_renewals.contract_id
)

select * from outcomes
