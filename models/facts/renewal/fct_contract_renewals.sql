{%- set grace_days = var('renewal_grace_days') | int -%}
{%- set dormant_days = var('dormant_days') | int -%}

with

terms as (
    select * from {{ ref('customer_success', 'int_contract_terms') }}
),

sessions as (
    select * from {{ ref('customer_success', 'stg_sessions') }}
),

due_terms as (
    select * from terms
    where term_end <= {{ as_of_date() }}
),

candidates as (
    select
        due_terms.contract_id,
        terms.contract_id as renewed_contract_id,
        terms.renewal_type,
        sum(terms.monthly_value) over (partition by due_terms.contract_id)
            as renewed_monthly_value,
        row_number() over (
            partition by due_terms.contract_id
            order by terms.term_start, {{ binary_collation('terms.contract_id') }}
        ) as candidate_number
    from due_terms
    inner join terms
        on due_terms.contract_id = terms.previous_contract_id
            and due_terms.contract_id <> terms.contract_id
            and terms.term_start <= {{ add_days('due_terms.term_end', grace_days) }}
),

-- the first of the terms that follow stands for all; their values add up
renewals as (
    select * from candidates
    where candidate_number = 1
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
            when {{ add_days('due_terms.term_end', grace_days) }} >= {{ as_of_date() }}
                then 'pending'
            else 'lapsed'
        end as status,
        renewals.renewal_type,
        renewals.renewed_contract_id,
        due_terms.monthly_value as due_monthly_value,
        cast(renewals.renewed_monthly_value as numeric(18, 4)) as renewed_monthly_value,
        {% if raw_table_is_present('sessions') -%}
        coalesce(renewals.renewal_type = 'auto', false) and used_auto_renewals.contract_id is null
        {%- else -%}
        {#- without the table dormancy is unknown -#}
        cast(null as boolean)
        {%- endif %} as is_dormant
    from due_terms
    left join renewals on due_terms.contract_id = renewals.contract_id
    left join used_auto_renewals on due_terms.contract_id = used_auto_renewals.contract_id
)

select * from outcomes
