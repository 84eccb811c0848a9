{# Aggregates that differ between engines. #}

{% macro first_value_by(value, sort_key) -%}
    {#- Aggregate: `value` (null allowed) of the row of the group with the smallest `sort_key`. -#}
    {{ return(adapter.dispatch('first_value_by')(value, sort_key)) }}
{%- endmacro %}

{% macro duckdb__first_value_by(value, sort_key) -%}
    arg_min_null({{ value }}, {{ sort_key }})
{%- endmacro %}

{% macro postgres__first_value_by(value, sort_key) -%}
    (array_agg({{ value }} order by {{ sort_key }}))[1]
{%- endmacro %}

{% macro spark__first_value_by(value, sort_key) -%}
    min_by({{ value }}, {{ sort_key }})
{%- endmacro %}


{% macro last_value_by(value, sort_key) -%}
    {#- Aggregate: `value` (null allowed) of the row of the group with the greatest `sort_key`. -#}
    {{ return(adapter.dispatch('last_value_by')(value, sort_key)) }}
{%- endmacro %}

{% macro duckdb__last_value_by(value, sort_key) -%}
    arg_max_null({{ value }}, {{ sort_key }})
{%- endmacro %}

{% macro postgres__last_value_by(value, sort_key) -%}
    (array_agg({{ value }} order by {{ sort_key }} desc))[1]
{%- endmacro %}

{% macro spark__last_value_by(value, sort_key) -%}
    max_by({{ value }}, {{ sort_key }})
{%- endmacro %}
