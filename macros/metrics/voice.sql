{# Surveys. Arguments are SQL. #}

{% macro nps_group(score) -%}
    {#- promoter (9–10), passive (7–8) or detractor (0–6) of an NPS score; null without one. -#}
    case
        when {{ score }} >= 9 then 'promoter'
        when {{ score }} >= 7 then 'passive'
        when {{ score }} >= 0 then 'detractor'
    end
{%- endmacro %}


{% macro nps(net_promoters, answers) -%}
    {#- NPS: 100 × (promoters − detractors) ÷ answers. -#}
    100 * {{ ratio(net_promoters, answers) }}
{%- endmacro %}


{% macro is_satisfied(score) -%}
    {#- Whether a CSAT score, 1 to 5, is that of a satisfied customer. -#}
    {{ score }} >= 4
{%- endmacro %}
