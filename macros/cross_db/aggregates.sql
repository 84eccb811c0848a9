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


{% macro percentile(value, share) -%}
    {#-
        Aggregate: the value below which a share of the group's values lie, as a double, interpolated
        between the two neighbours at position share × (n − 1); nulls are left out.

        value: SQL of a number; share: a literal from 0 to 1 (0.5 is the median).
    -#}
    {{ return(adapter.dispatch('percentile')(value, share)) }}
{%- endmacro %}

{% macro duckdb__percentile(value, share) -%}
    quantile_cont(cast({{ value }} as double), {{ share }})
{%- endmacro %}

{% macro postgres__percentile(value, share) -%}
    percentile_cont({{ share }}) within group (order by {{ value }})
{%- endmacro %}

{% macro spark__percentile(value, share) -%}
    percentile({{ value }}, {{ share }})
{%- endmacro %}
