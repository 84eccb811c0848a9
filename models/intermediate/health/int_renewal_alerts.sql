-- Renewal alerts: an upcoming renewal of a customer that is not in the green health band, and an
-- automatic renewal of a customer without recent sessions.

{%- set quiet_from = add_days(as_of_date(), 1 - var('dormant_days') | int) %}

with

open_terms as (
    select * from {{ ref('customer_success', 'int_open_terms') }}
),

scores as (
    select * from {{ ref('customer_success', 'fct_customer_health') }}
),

months as (
    select * from {{ ref('customer_success', 'int_health_partitions') }}
),

sessions as (
    select * from {{ ref('customer_success', 'stg_sessions') }}
),

first_terms as (
    select
        *,
        row_number() over (
            partition by customer_id order by term_end, {{ binary_collation('contract_id') }}
        ) as term_number
    from open_terms
),

first_auto_terms as (
    select
        *,
        row_number() over (
            partition by customer_id order by term_end, {{ binary_collation('contract_id') }}
        ) as term_number
    from open_terms
    where renewal_type = 'auto'
),

-- whether the customer was outside the green band at a month's end
month_bands as (
    select
        first_terms.customer_id,
        months.month_end,
        case when scores.health_band <> 'green' then 1 else 0 end as is_at_risk
    from first_terms
    cross join months
    left join scores
        on first_terms.customer_id = scores.customer_id
            and months.month_end = scores.month_end
    where first_terms.term_number = 1
),

last_good_months as (
    select
        customer_id,
        max(case when is_at_risk = 0 then month_end end) as month_end
    from month_bands
    group by customer_id
),

risk_starts as (
    select
        month_bands.customer_id,
        {{ month_start('min(month_bands.month_end)') }} as at_risk_since
    from month_bands
    inner join last_good_months on month_bands.customer_id = last_good_months.customer_id
    where month_bands.month_end > last_good_months.month_end
        or last_good_months.month_end is null
    group by month_bands.customer_id
),

last_sessions as (
    select
        first_auto_terms.customer_id,
        max(sessions.started_on) as last_session_on,
        {{ add_days('max(sessions.started_on)', var('dormant_days')) }} as dormant_from_on
    from first_auto_terms
    inner join sessions on first_auto_terms.customer_id = sessions.customer_id
    where first_auto_terms.term_number = 1
    group by first_auto_terms.customer_id
),

alerts as (
    select
        first_terms.customer_id,
        'renewal_at_risk' as alert_type,
        case
            when risk_starts.at_risk_since > first_terms.due_from_on then risk_starts.at_risk_since
            else first_terms.due_from_on
        end as raised_on,
        'term ends on ' || {{ day_text('first_terms.term_end') }} || ', health is '
        || scores.health_band || ' at ' || {{ whole_number('scores.health_score') }} as evidence
    from first_terms
    inner join risk_starts on first_terms.customer_id = risk_starts.customer_id
    inner join scores
        on first_terms.customer_id = scores.customer_id
            and scores.month_end = {{ as_of_date() }}
    where first_terms.term_number = 1
    {%- if raw_table_is_present('sessions') %}
    union all
    select
        first_auto_terms.customer_id,
        'dormant_auto_renewal' as alert_type,
        case
            when last_sessions.dormant_from_on > first_auto_terms.due_from_on
                then last_sessions.dormant_from_on
            else first_auto_terms.due_from_on
        end as raised_on,
        'renews automatically on ' || {{ day_text('first_auto_terms.term_end') }} || ', '
        || coalesce(
            'last session on ' || {{ day_text('last_sessions.last_session_on') }}, 'no session ever'
        ) as evidence
    from first_auto_terms
    left join last_sessions on first_auto_terms.customer_id = last_sessions.customer_id
    where first_auto_terms.term_number = 1
        and (
            last_sessions.last_session_on is null
            or last_sessions.last_session_on < {{ quiet_from }}
        )
    {%- endif %}
)

select * from alerts
