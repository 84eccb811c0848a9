{# Text: what differs between engines. #}

{% macro binary_collation(expression) -%}
    {#-
        A text to sort by, or to take the smallest of, in the order of its bytes: the same on every
        engine, whatever language the database is set to.
    -#}
    {{ return(adapter.dispatch('binary_collation', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro default__binary_collation(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__binary_collation(expression) -%}
    {{ expression }} collate "C"
{%- endmacro %}
