{# What an engine has to be told about how to run a query or keep its rows. #}

{% macro computed_once() -%}
    {#-
        At the end of a subquery whose columns are read more than once: their expressions are computed
        there. PostgreSQL would write each of them again wherever it is read, and texts that are
        rewritten in steps grow beyond what it can plan.
    -#}
    {{ return(adapter.dispatch('computed_once', 'customer_success')()) }}
{%- endmacro %}

{% macro default__computed_once() -%}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    offset 0
{%- endmacro %}


{% macro create_table_from(relation, query) -%}
    {#- Statement that makes a table of a query's rows, outside of a model. relation: the table. -#}
    {{ return(adapter.dispatch('create_table_from', 'customer_success')(relation, query)) }}
{%- endmacro %}

{% macro default__create_table_from(relation, query) -%}
    create table {{ relation }} as {{ query }}
{%- endmacro %}

{% macro spark__create_table_from(relation, query) -%}
    create table {{ relation }} using parquet as {{ query }}
{%- endmacro %}
