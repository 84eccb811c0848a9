{% macro names_in_schema(schema_relation) -%}
    {#-
        Names of the tables and views in a schema, as a list; empty where there is no such schema.
        schema_relation: a relation of the schema.

        By the macro of the adapter, for adapters show their relations to no macro: its second column
        is the name on every engine.
    -#}
    {%- set names = [] -%}
    {%- if adapter.check_schema_exists(schema_relation.database, schema_relation.schema) -%}
        {%- set listed = list_relations_without_caching(schema_relation.without_identifier()) -%}
        {%- for row in listed.rows -%}
            {%- do names.append(row[1]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}
