{# Contract renewal. Arguments are SQL. #}

{% macro monthly_contract_value(contract_value, exchange_rate, days) -%}
    {#-
        Value of a contract term per month in reporting currency, numeric(18,4): value × rate ÷ term
        months, where a month is 30.4375 days (a year of 365.25 days ÷ 12).

        contract_value: 4 decimals; exchange_rate: 8; days: whole days of the term, > 0.
    -#}
    {{ rounded_quotient([(contract_value, 4), (exchange_rate, 8), ('30.4375', 4)], days) }}
{%- endmacro %}


{% macro decided_value(status, due_value) -%}
    {#- Value per month of a term that came due; null while it is pending, or without a value. -#}
    case when {{ status }} <> 'pending' then {{ due_value }} end
{%- endmacro %}


{% macro kept_value(due_value, renewed_value) -%}
    {#-
        What of a term's value per month was renewed, at most what was due; null where the term has no
        value, or was not renewed with one.
    -#}
    case
        when {{ due_value }} is null then null
        when {{ renewed_value }} < {{ due_value }} then {{ renewed_value }}
        when {{ renewed_value }} is not null then {{ due_value }}
    end
{%- endmacro %}
