{% macro grant_readers() -%}
    {#-
        Hook at the start of a run: lets the roles of var reader_roles read the marts, which are all
        that their schema holds. Default privileges give each table that the run makes
        its grant as it is made, so that readers are never locked out. Only PostgreSQL has roles.

        Stops the run when a role does not exist.
    -#}
    {%- if execute and target.type == 'postgres' and var('reader_roles') and is_selected() -%}
        {%- set schema = adapter.quote(graph.nodes['model.customer_success.dim_kpis'].schema) -%}
        create schema if not exists {{ schema }};
        {%- for role in var('reader_roles') -%}
            {%- set known = run_query(
                "select 1 from pg_roles where rolname = '" ~ role | replace("'", "''") ~ "'"
            ) -%}
            {%- if not known.rows -%}
                {{ exceptions.raise_compiler_error(
                    'var reader_roles names the role ' ~ role ~ ', which does not exist. '
                    ~ 'Create it first: create role ' ~ role ~ ' login;'
                ) }}
            {%- endif -%}
            {%- set reader = adapter.quote(role) %}
            grant usage on schema {{ schema }} to {{ reader }};
            grant select on all tables in schema {{ schema }} to {{ reader }};
            alter default privileges in schema {{ schema }} grant select on tables to {{ reader }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
