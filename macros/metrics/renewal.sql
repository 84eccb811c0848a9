{# Contract renewal. Arguments are SQL. #}

{% macro monthly_contract_value(contract_value, exchange_rate, days) -%}
    {#-
        Value of a contract term per month in reporting currency, numeric(18,4): value × rate ÷ term
        months, where a month is 30.4375 days (a year of 365.25 days ÷ 12).

        contract_value: 4 decimals; exchange_rate: 8; days: whole days of the term, > 0.
    -#}
    {{ rounded_quotient([(contract_value, 4), (exchange_rate, 8), ('30.4375', 4)], days) }}
{%- endmacro %}
