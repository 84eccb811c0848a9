{#
    Contracts name types as DuckDB and Spark do. PostgreSQL calls the 8-byte floating point type
    otherwise; its own name takes the place of `double` before dbt compares and creates columns.
#}

{% macro postgres__get_assert_columns_equivalent(sql) -%}
    {#- As dbt's own, with the types of the model's contract in PostgreSQL's words. -#}
    {%- for column in model.columns.values() if column.data_type == 'double' -%}
        {%- do column.update({'data_type': type_double()}) -%}
    {%- endfor -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}
