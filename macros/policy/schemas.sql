{% macro generate_schema_name(custom_schema_name, node) -%}
    {#-
        Schema of a model or seed of this project; dbt calls it for these and asks the root project
        about the root's own. In this project itself it is dbt's default: main, main_staging and so on.
        In another dbt project they are schemas of our own, so that nothing meets a table of the same
        name: customer_success, customer_success_staging and so on, by package_schema().

        custom_schema_name: the config `schema`, or none; node: the model or seed.
    -#}
    {%- if project_name == 'customer_success' -%}
        {{ return(dbt.default__generate_schema_name(custom_schema_name, node)) }}
    {%- endif -%}
    {{ return(adapter.dispatch('package_schema', 'customer_success')(custom_schema_name, node)) }}
{%- endmacro %}


{% macro default__package_schema(custom_schema_name, node) -%}
    {#-
        Schema in another dbt project: var package_schema, and the config `schema` after it. A root
        project that names schemas by its own convention, by target or by developer, defines a macro
        of this name, which takes its place.
    -#}
    {%- set schema = var('package_schema') -%}
    {{ return(schema ~ '_' ~ custom_schema_name | trim if custom_schema_name else schema) }}
{%- endmacro %}
