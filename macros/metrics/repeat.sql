{# Repeat purchases. Arguments are SQL. #}

{% macro repeat_rate(repeat_customers, ordering_customers) -%}
    {#- リピート率: customers with voluntary orders on two days or more ÷ on one or more. -#}
    {{ ratio(repeat_customers, ordering_customers) }}
{%- endmacro %}

{% macro repeat_rate_180d(repeat_customers, observed_customers) -%}
    {#- 180 日リピート率: another voluntary order within 180 days of the first ÷ firsts that old. -#}
    {{ ratio(repeat_customers, observed_customers) }}
{%- endmacro %}
