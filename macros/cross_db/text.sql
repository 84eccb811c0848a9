{# Text: what differs between engines. #}

{% macro byte_order(expression) -%}
    {#-
        A text to sort by, or to take the smallest of, in the order of its bytes: the same on every
        engine, whatever language the database is set to.
    -#}
    {{ return(adapter.dispatch('byte_order')(expression)) }}
{%- endmacro %}

{% macro default__byte_order(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__byte_order(expression) -%}
    {{ expression }} collate "C"
{%- endmacro %}
