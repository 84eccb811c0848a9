{# What customers say. Arguments are SQL. #}

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

{% macro response_rate(answered, sent) -%}
    {#- 回答率: surveys answered ÷ surveys sent. -#}
    {{ ratio(answered, sent) }}
{%- endmacro %}

{% macro csat(satisfied_answers, answers) -%}
    {#- 顧客満足度: answers of is_satisfied() ÷ answers. -#}
    {{ ratio(satisfied_answers, answers) }}
{%- endmacro %}

{% macro is_satisfied(score) -%}
    {#- Whether a CSAT score, 1 to 5, is that of a satisfied customer. -#}
    {{ score }} >= 4
{%- endmacro %}

{% macro ces(score_sum, answers) -%}
    {#- 顧客努力指標: mean score. -#}
    {{ ratio(score_sum, answers) }}
{%- endmacro %}
