{% macro gather_statistics() -%}
    {#-
        Hook after a model: gathers statistics for PostgreSQL's planner, which has none until autovacuum
        runs. Other engines gather them while they write.
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
