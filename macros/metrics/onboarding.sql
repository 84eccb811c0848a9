{# Onboarding and trials. Arguments are SQL: counts of customers and trials. #}

{% macro onboarding_completion_rate(completed_customers, due_customers) -%}
    {#- オンボーディング完了率: completed ÷ customers whose deadline is over. -#}
    {{ ratio(completed_customers, due_customers) }}
{%- endmacro %}

{% macro without_first_value_share(customers_without_first_value, signed_up_customers) -%}
    {#- 最初の成功に至らない割合: customers without a first success ÷ customers signed up. -#}
    {{ ratio(customers_without_first_value, signed_up_customers) }}
{%- endmacro %}

{% macro trial_conversion_rate(trials_converted, trials_ended) -%}
    {#- トライアル転換率: trials that were followed by a paid start in time ÷ trials ended. -#}
    {{ ratio(trials_converted, trials_ended) }}
{%- endmacro %}

{% macro conversion_uplift(fast_conversion_rate, other_conversion_rate) -%}
    {#- Conversion of those onboarded within 24 hours − that of the others. -#}
    {{ fast_conversion_rate }} - {{ other_conversion_rate }}
{%- endmacro %}
