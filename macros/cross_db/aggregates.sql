{# Aggregates that differ between engines. #}

{% macro last_value_by(value, sort_key) -%}
    {#- Aggregate: `value` (null allowed) of the row of the group with the greatest `sort_key`. -#}
    {{ return(adapter.dispatch('last_value_by', 'customer_success')(value, sort_key)) }}
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
    {{ array_item(percentiles_of(value, [share]), 1) }}
{%- endmacro %}


{% macro percentiles_of(value, shares) -%}
    {#- Aggregate: several percentiles of the same values at once, to be read by array_item(). -#}
    {{ return(adapter.dispatch('percentiles_of', 'customer_success')(value, shares)) }}
{%- endmacro %}

{% macro duckdb__percentiles_of(value, shares) -%}
    quantile_cont(cast({{ value }} as double), array[{{ shares | join(', ') }}])
{%- endmacro %}

{% macro postgres__percentiles_of(value, shares) -%}
    percentile_cont(array[{{ shares | join(', ') }}]) within group (order by {{ value }})
{%- endmacro %}

{% macro spark__percentiles_of(value, shares) -%}
    percentile({{ value }}, array({{ shares | join(', ') }}))
{%- endmacro %}


{% macro array_item(array, number) -%}
    {#- An item of an array; the first has number 1. -#}
    {{ return(adapter.dispatch('array_item', 'customer_success')(array, number)) }}
{%- endmacro %}

{% macro default__array_item(array, number) -%}
    ({{ array }})[{{ number }}]
{%- endmacro %}

{% macro spark__array_item(array, number) -%}
    ({{ array }})[{{ number - 1 }}]
{%- endmacro %}
