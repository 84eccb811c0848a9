{# Customer health and alerts. Arguments are SQL. #}

{% macro health_components() -%}
    {#- The components of the health score: columns of int_health_components. -#}
    {{ return(['usage', 'onboarding', 'nps', 'support', 'payment', 'engagement']) }}
{%- endmacro %}


{% macro health_usage_weeks() -%}
    {#- How many of the last complete weeks make the usage component; a week without usage is 0. -#}
    {{ return(4) }}
{%- endmacro %}


{% macro health_of_nps_group(nps_group) -%}
    {#- 100, 50 or 0 for a promoter, passive or detractor. -#}
    case {{ nps_group }} when 'promoter' then 100 when 'passive' then 50 when 'detractor' then 0 end
{%- endmacro %}


{% macro health_of_open_tickets(tickets) -%}
    {#- 100 less 25 for each ticket open for more than health_open_ticket_days, at least 0. -#}
    case when {{ tickets }} > 4 then 0 else 100 - 25 * coalesce({{ tickets }}, 0) end
{%- endmacro %}


{% macro health_score(components) -%}
    {#-
        Mean of the components (0 to 100) that are not null, by weight; null without any.

        components: list of pairs (component, weight).
    -#}
    {{ weighted_score(components) }} / 100
{%- endmacro %}


{% macro is_bill_shock(
    paid_amount, earlier_amount, earlier_paid_months, session_microseconds, earlier_microseconds
) -%}
    {#-
        Whether a month's bill jumped while usage did not: at least bill_shock_ratio times the mean of
        the three months before, all of them paid, while session time grew by less than
        bill_shock_minutes_growth.

        earlier_*: sums over the three months.
    -#}
    {{ earlier_paid_months }} = 3
    and {{ earlier_amount }} > 0
    and {{ paid_amount }} * 3 >= {{ var('bill_shock_ratio') }} * {{ earlier_amount }}
    and (
        {{ session_microseconds }} * 3 <= {{ earlier_microseconds }}
        or {{ session_microseconds }} * 3 < (1 + {{ var('bill_shock_minutes_growth') }}) * {{ earlier_microseconds }}
    )
{%- endmacro %}


{% macro whole_number(number) -%}
    {#- SQL text of a number without decimals, for evidence. -#}
    cast(cast(round(cast({{ number }} as numeric(18, 6))) as bigint) as {{ dbt.type_string() }})
{%- endmacro %}


{% macro day_text(day) -%}
    {#- SQL text YYYY-MM-DD of a date, for evidence. -#}
    cast({{ day }} as {{ dbt.type_string() }})
{%- endmacro %}
