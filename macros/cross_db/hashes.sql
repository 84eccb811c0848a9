{% macro rows_hash(columns) -%}
    {#-
        Aggregate: a text that is the same for two sets of rows only if they hold the same values, in
        whatever order and null or not. Good for telling whether rows changed between two builds on
        one engine; engines do not agree on it.

        columns: list of column names.
    -#}
    cast(count(*) as {{ dbt.type_string() }}) || ':'
    || cast(sum({{ row_hash(columns) }}) as {{ dbt.type_string() }})
{%- endmacro %}


{% macro row_hash(columns) -%}
    {#- A whole number for a row, whose sum over rows does not overflow. columns: list of names. -#}
    {{ return(adapter.dispatch('row_hash', 'customer_success')(columns)) }}
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro postgres__row_hash(columns) -%}
    hash_record_extended(row({{ columns | join(', ') }}), 0)
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}
