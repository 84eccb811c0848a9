{# Where each raw table comes from: the first origin that has it. #}

{% macro landed_table(table) -%}
    {#-
        What is read of one raw table: what was found of it, or nothing when it has to be left out.
        Returns the dict of found_table(), with the origin absent for what is left out.

        table: name in the raw contract. Only while dbt executes; it makes no edge in the lineage, see
        raw_edge().
    -#}
    {%- set found = found_table(table) -%}
    {%- if is_left_out(raw_table_contract(table), found) -%}
        {%- do found.update({'origin': 'absent', 'relation': none, 'columns': {}}) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro found_table(table) -%}
    {#-
        What there is of one raw table, from the first origin that has it: a model that var raw_refs
        names, the sample company, a file of var raw_dir, a table of var raw_schema.

        table: name in the raw contract. Returns a dict: origin (ref, sample, file, schema or
        absent), relation (SQL to select from, none when the table is absent), columns (lower-case
        name to {name, kind}), looked_in and found_in (places, for messages), is_duplicated (true
        when two files claim to be the table). Kinds: text, integer, numeric, float, boolean, date,
        timestamp, zoned_timestamp, other.
    -#}
    {%- if root_models('raw_refs').get(table) -%}
        {{ return(landed_by_ref(table)) }}
    {%- elif raw_mode() == 'seeds' -%}
        {{ return(landed_in_seeds(table)) }}
    {%- endif -%}
    {%- set looked_in = [] -%}
    {%- if raw_mode() == 'files' -%}
        {%- set landed = landed_in_files(table) -%}
        {%- if landed.relation is not none -%}
            {{ return(landed) }}
        {%- endif -%}
        {%- do looked_in.append(landed.looked_in) -%}
    {%- endif -%}
    {%- if raw_schema() -%}
        {%- set landed = landed_in_schema(table) -%}
        {%- if landed.relation is not none -%}
            {{ return(landed) }}
        {%- endif -%}
        {%- do looked_in.append(landed.looked_in) -%}
    {%- endif -%}
    {{ return({
        'origin': 'absent', 'relation': none, 'columns': {}, 'looked_in': looked_in | join(', then '),
        'found_in': none,
    }) }}
{%- endmacro %}


{% macro missing_columns(contract, found) -%}
    {#- Required columns that a raw table is without, as a list. found: of found_table(). -#}
    {%- set required = contract.columns | selectattr('meta.required') | map(attribute='name') -%}
    {{ return(required | reject('in', found.columns) | list) }}
{%- endmacro %}


{% macro missing_own_columns(contract, found) -%}
    {#- Columns that var customer_columns names and a raw table is without. found: of found_table(). -#}
    {%- set missing = [] -%}
    {%- for column in contract.columns if column.meta.own and column.name not in found.columns -%}
        {%- do missing.append(column.meta.own) -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro %}


{% macro is_left_out(contract, found) -%}
    {#-
        Whether a raw table that was found is left out: it is optional and without a required column.
        One of which no column is known is no such table, but a file of another kind: see raw_problems().

        contract: of raw_table_contract(); found: of found_table().
    -#}
    {%- set known = contract.columns | map(attribute='name') | select('in', found.columns) | list -%}
    {{ return(
        found.relation is not none and found.origin in ['file', 'schema'] and known != []
        and not contract.required_table and missing_columns(contract, found) != []
    ) }}
{%- endmacro %}


{% macro raw_mode() -%}
    {#-
        Where raw tables are that var raw_refs does not name: seeds, files or schema. Where var
        raw_mode is not set: the sample company in this project itself; in another dbt project files
        if it sets raw_dir, else tables of raw_schema. (Seeds of the sample company are switched on
        by the same rule, in their properties.)
    -#}
    {%- if var('raw_mode') -%}
        {{ return(var('raw_mode')) }}
    {%- elif project_name == 'customer_success' -%}
        {{ return('seeds') }}
    {%- endif -%}
    {{ return('files' if var('raw_dir') else 'schema') }}
{%- endmacro %}


{% macro raw_schema() -%}
    {#- Schema with raw tables; none when neither var raw_schema nor `raw_mode: schema` is set. -#}
    {{ return(var('raw_schema') or ('raw' if var('raw_mode') == 'schema' else none)) }}
{%- endmacro %}


{% macro raw_edge(table) -%}
    {#-
        Makes the model that calls it a child of the raw table: of the model that hands it over, of
        its seed, or of the source.
    -#}
    {%- set model = root_models('raw_refs').get(table) -%}
    {%- if model -%}
        {%- do ref(model[0], model[1]) -%}
    {%- elif raw_mode() == 'seeds' -%}
        {%- do ref('customer_success', 'raw_' ~ table) -%}
    {%- else -%}
        {%- do source('raw', table) -%}
    {%- endif -%}
{%- endmacro %}


{% macro stop_unless_handed_over(contract, landed) -%}
    {#-
        Stops the base model of a raw table that a model hands over, when that model has not been
        built or is without a required column. What is landed is checked before the run instead, by
        raw_problems(); commands that build nothing go on.

        contract: of raw_table_contract(); landed: of landed_table().
    -#}
    {%- if landed.origin == 'ref' and flags.WHICH in ['run', 'build'] -%}
        {%- set missing = missing_columns(contract, landed) + missing_own_columns(contract, landed) -%}
        {%- if landed.relation is none -%}
            {{ exceptions.raise_compiler_error(
                'The raw table ' ~ contract.name ~ ' is handed over by the model ' ~ landed.found_in
                ~ ' (var raw_refs), which has not been built; build it first or in the same run.'
            ) }}
        {%- elif missing -%}
            {{ exceptions.raise_compiler_error(
                'The raw table ' ~ contract.name ~ ' is handed over by the model ' ~ landed.found_in
                ~ ' (var raw_refs), which is without required columns: ' ~ missing | join(', ')
                ~ '. Its columns are: ' ~ landed.columns.keys() | join(', ') ~ '.'
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro landed_tables(tables) -%}
    {#- Those of some raw tables that were landed, as a list. tables: list of names. -#}
    {%- set landed = [] -%}
    {%- for table in tables if raw_table_is_present(table) -%}
        {%- do landed.append(table) -%}
    {%- endfor -%}
    {{ return(landed) }}
{%- endmacro %}


{% macro raw_origin(table) -%}
    {#-
        Where a raw table comes from: ref, sample, file, schema or absent; absent while dbt parses. A
        model that hands it over counts whether or not it has been built yet.
    -#}
    {%- if not execute -%}
        {{ return('absent') }}
    {%- endif -%}
    {{ return('ref' if table in root_models('raw_refs') else landed_table(table).origin) }}
{%- endmacro %}


{% macro raw_column_is_present(table, column) -%}
    {#-
        Whether an optional column of a raw table was landed; true while dbt parses, and of a model that
        hands the table over until it has been built. Of such a model it makes the caller a child, so
        that it is built before.
    -#}
    {%- set model = root_models('raw_refs').get(table) -%}
    {%- if model -%}
        {%- do ref(model[0], model[1]) -%}
    {%- endif -%}
    {%- if not execute -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set landed = landed_table(table) -%}
    {{ return(landed.relation is none or column in landed.columns) }}
{%- endmacro %}


{% macro raw_table_is_present(table) -%}
    {#- Whether an (optional) raw table has an origin at all; true while dbt parses. -#}
    {{ return(not execute or raw_origin(table) != 'absent') }}
{%- endmacro %}
