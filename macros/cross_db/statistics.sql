{% macro gather_statistics() -%}
    {#-
        Hook after a model: lets the planner of PostgreSQL know the new table, which it would guess at
        until its own housekeeping comes round. Other engines keep count while they write.
    -#}
    {{ return(adapter.dispatch('gather_statistics', 'customer_success')()) }}
{%- endmacro %}

{% macro default__gather_statistics() -%}
{%- endmacro %}

{% macro postgres__gather_statistics() -%}
    {%- if execute and model.config.materialized in ['table', 'incremental'] -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
