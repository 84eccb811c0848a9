{# The raw contract as macros see it; it is written in models/staging/_raw__sources.yml. #}

{% macro raw_contract() -%}
    {#-
        All raw tables, in the order of their names.

        Returns a list of dicts: name, key (list), required_table and keeps_deleted (bool),
        inconsistent, out_of_range (SQL or none), flags (dict of SQL by reason)
        and columns, a list of dicts with name, type, meta; those of var customer_columns have own,
        the name that they are landed under. Empty while dbt parses.
    -#}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() | selectattr('source_name', 'equalto', 'raw')
            | selectattr('package_name', 'equalto', 'customer_success') | sort(attribute='name') -%}
            {%- do tables.append(contract_of_source(node)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}


{% macro raw_table_contract(table) -%}
    {#- The contract of one raw table, as in raw_contract(); without columns while dbt parses. -#}
    {%- if not execute -%}
        {{ return({'name': table, 'key': [], 'flags': {}, 'columns': []}) }}
    {%- endif -%}
    {{ return(contract_of_source(graph.sources['source.customer_success.raw.' ~ table])) }}
{%- endmacro %}


{% macro contract_of_source(node) -%}
    {#- The contract of the raw table that a source is, as in raw_contract(). node: of dbt's graph. -#}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append(
            {'name': column.name, 'type': column.data_type, 'meta': column.config.meta}
        ) -%}
    {%- endfor -%}
    {%- for name in (own_attributes() if node.name == 'customers' else []) -%}
        {%- do columns.append({'name': segment_column(name), 'type': 'text', 'meta': {'own': name}}) -%}
    {%- endfor -%}
    {{ return({
        'name': node.name,
        'key': node.config.meta.key,
        'required_table': node.config.meta.required_table or false,
        'inconsistent': node.config.meta.inconsistent,
        'out_of_range': node.config.meta.out_of_range,
        'flags': node.config.meta.flags or {},
        'keeps_deleted': node.config.meta.keeps_deleted or false,
        'columns': columns,
    }) }}
{%- endmacro %}
