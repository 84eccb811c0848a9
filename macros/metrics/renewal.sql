{# Contract renewal. Arguments are SQL: counts of terms, values per month. #}

{% macro contract_renewal_rate(renewed_contracts, decided_contracts) -%}
    {#- 契約更新率: renewed ÷ (due − pending). -#}
    {{ ratio(renewed_contracts, decided_contracts) }}
{%- endmacro %}

{% macro contract_value_renewal_rate(renewed_value, due_value) -%}
    {#- Value renewed, at most what was due, ÷ value due; over decided terms with a value. -#}
    {{ ratio(renewed_value, due_value) }}
{%- endmacro %}

{% macro voluntary_renewal_rate(manually_renewed_contracts, decided_contracts) -%}
    {#- Renewed because somebody decided so ÷ (due − pending). -#}
    {{ ratio(manually_renewed_contracts, decided_contracts) }}
{%- endmacro %}

{% macro dormant_auto_renewal_share(dormant_auto_renewed_contracts, auto_renewed_contracts) -%}
    {#- 休眠自動更新: renewed by itself without a session before the term's end ÷ renewed by itself. -#}
    {{ ratio(dormant_auto_renewed_contracts, auto_renewed_contracts) }}
{%- endmacro %}
