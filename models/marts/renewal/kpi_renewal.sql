{%- set counts = [
    'due_contracts', 'pending_contracts', 'renewed_contracts', 'manually_renewed_contracts',
    'auto_renewed_contracts',
] -%}
{%- set decided_contracts = '(due_contracts - pending_contracts)' %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

daily_totals as (
    select * from {{ ref('int_renewal_totals_daily') }}
),

totals as (
    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        coalesce(daily_totals.segment_type, 'all') as segment_type,
        coalesce(daily_totals.segment_value, 'all') as segment_value,
        {%- for column in counts %}
        coalesce(sum(daily_totals.{{ column }}), 0) as {{ column }},
        {%- endfor %}
        {% if raw_table_is_present('sessions') -%}
        coalesce(sum(daily_totals.dormant_auto_renewed_contracts), 0)
        {%- else -%}
        cast(null as integer)
        {%- endif %} as dormant_auto_renewed_contracts,
        coalesce(sum(daily_totals.due_value), 0) as due_value,
        coalesce(sum(daily_totals.renewed_value), 0) as renewed_value
    from periods
    left join daily_totals
        on daily_totals.term_end between periods.period_start and periods.period_end
            and (periods.period_grain <> 'day' or daily_totals.segment_type = 'all')
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        segment_type,
        segment_value,
        {%- for column in counts + ['dormant_auto_renewed_contracts'] %}
        cast({{ column }} as integer) as {{ column }},
        {%- endfor %}
        cast({{ decided_contracts }} as integer) as decided_contracts,
        cast(due_value as numeric(18, 4)) as due_value,
        cast(renewed_value as numeric(18, 4)) as renewed_value,
        {{ contract_renewal_rate('renewed_contracts', decided_contracts) }}
            as contract_renewal_rate,
        {{ contract_value_renewal_rate('renewed_value', 'due_value') }}
            as contract_value_renewal_rate,
        {{ voluntary_renewal_rate('manually_renewed_contracts', decided_contracts) }}
            as voluntary_renewal_rate,
        {{ dormant_auto_renewal_share('dormant_auto_renewed_contracts', 'auto_renewed_contracts') }}
            as dormant_auto_renewal_share
    from totals
)

select * from final
