{# Customer health. Arguments are SQL. #}

{% macro health_components() -%}
    {#- The components of the health score: columns of int_customer_health. -#}
    {{ return(['usage', 'onboarding', 'nps', 'support', 'payment', 'engagement']) }}
{%- endmacro %}

{% macro health_usage_weeks() -%}
    {#- The last whole weeks whose use speaks for a customer's health, unused ones as 0. -#}
    {{ return(4) }}
{%- endmacro %}

{% macro health_of_nps_group(nps_group) -%}
    {#- 100, 50 or 0 for a promoter, passive or detractor. -#}
    case {{ nps_group }} when 'promoter' then 100 when 'passive' then 50 when 'detractor' then 0 end
{%- endmacro %}

{% macro health_of_open_tickets(tickets) -%}
    {#- 100 less 25 for each ticket that has been open for long, at least 0. -#}
    case when {{ tickets }} > 4 then 0 else 100 - 25 * coalesce({{ tickets }}, 0) end
{%- endmacro %}

{% macro health_score(components) -%}
    {#-
        Mean of the components (0 to 100) that are not null, by weight; null without any.

        components: list of pairs (component, weight).
    -#}
    {{ weighted_score(components) }} / 100
{%- endmacro %}

{% macro mean_health_score(health_score_sum, scored_customers) -%}
    {#- ヘルススコア: sum of the scores ÷ customers with a score. -#}
    {{ ratio(health_score_sum, scored_customers) }}
{%- endmacro %}

{% macro health_band_rate(customers_in_band, scored_customers) -%}
    {#- Customers in a band (red: 赤信号) ÷ customers with a score. -#}
    {{ ratio(customers_in_band, scored_customers) }}
{%- endmacro %}

{% macro red_mrr_share(red_mrr, scored_mrr) -%}
    {#- 赤信号 MRR 比率: MRR of the customers in red ÷ MRR of the customers with a score. -#}
    {{ ratio(red_mrr, scored_mrr) }}
{%- endmacro %}
