{# Where raw tables are and which of their columns are there, by var raw_mode. #}

{% macro landed_table(table) -%}
    {#-
        What was landed of one raw table.

        table: name in the raw contract. Returns a dict: relation (SQL to select from, none when the
        table is absent), columns (lower-case name to {name, kind}), looked_in and found_in (places,
        for messages), is_duplicated (true when two files claim to be the table).
        Kinds: text, integer, numeric, float, boolean, date, timestamp, zoned_timestamp, other.
        Only while dbt executes; it makes no edge in the lineage, see raw_edge().
    -#}
    {%- set mode = var('raw_mode') -%}
    {%- if mode == 'seeds' -%}
        {%- set landed = landed_in_seeds(table) -%}
    {%- elif mode == 'files' -%}
        {%- set landed = landed_in_files(table) -%}
    {%- else -%}
        {%- set landed = landed_in_schema(table) -%}
    {%- endif -%}
    {{ return(landed) }}
{%- endmacro %}


{% macro raw_edge(table) -%}
    {#- Makes the model that calls it a child of the raw table: of its seed, or of the source. -#}
    {%- if var('raw_mode') == 'seeds' -%}
        {%- do ref('customer_success', 'raw_' ~ table) -%}
    {%- else -%}
        {%- do source('raw', table) -%}
    {%- endif -%}
{%- endmacro %}


{% macro node_relation(node) -%}
    {#- Relation of a node of the graph. -#}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.get('alias') or node.identifier
    )) }}
{%- endmacro %}


{% macro landed_in_seeds(table) -%}
    {#- The sample company: its seeds carry every column of the contract, as text. -#}
    {%- set columns = {} -%}
    {%- for column in raw_table_contract(table).columns -%}
        {%- do columns.update({column.name: {'name': column.name, 'kind': 'text'}}) -%}
    {%- endfor -%}
    {%- set seed = graph.nodes['seed.customer_success.raw_' ~ table] -%}
    {{ return({
        'relation': node_relation(seed), 'columns': columns, 'looked_in': 'seeds/sample',
        'found_in': 'seeds/sample',
    }) }}
{%- endmacro %}


{% macro landed_in_files(table) -%}
    {#- Files of DuckDB: <raw_dir>/<table>.parquet or .csv; CSV is read as text. -#}
    {%- set folder = var('raw_dir') | string -%}
    {%- set landed = {
        'relation': none, 'columns': {}, 'looked_in': folder ~ '/' ~ table ~ '.parquet and .csv'
    } -%}
    {%- for path in raw_files() if path.split('/')[-1] in [table ~ '.parquet', table ~ '.csv'] -%}
        {%- set quoted = literal_path(path) -%}
        {%- do landed.update({'found_in': path, 'is_duplicated': landed.relation is not none}) -%}
        {%- if path.endswith('.parquet') -%}
            {%- do landed.update({'relation': 'read_parquet(' ~ quoted ~ ')'}) -%}
        {%- else -%}
            {%- do landed.update({'relation': 'read_csv(' ~ quoted ~ ", header = true, "
                ~ "all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '')"
            }) -%}
        {%- endif -%}
        {%- for row in run_query('describe select * from ' ~ landed.relation).rows -%}
            {%- do landed.columns.update({row[0] | lower: {
                'name': adapter.quote(row[0]), 'kind': landed_kind(row[1])
            }}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(landed) }}
{%- endmacro %}


{% macro raw_files() -%}
    {#- Paths of the files in `raw_dir`; empty when there are none or the folder does not exist. -#}
    {%- set files = run_query(
        'select file from glob(' ~ literal_path(var('raw_dir') | string) ~ " || '/*') order by file"
    ) -%}
    {{ return(files.columns[0].values()) }}
{%- endmacro %}


{% macro literal_path(path) -%}
    {#- A path as an SQL literal in which wildcards of DuckDB stand for themselves. -#}
    {%- set plain = path | replace("'", "''") | replace('[', '[[]') -%}
    {{ return("'" ~ plain | replace('*', '[*]') | replace('?', '[?]') ~ "'") }}
{%- endmacro %}


{% macro landed_in_schema(table) -%}
    {#- Tables or views in a schema of the warehouse. -#}
    {%- set expected = node_relation(graph.sources['source.customer_success.raw.' ~ table]) -%}
    {%- set found = adapter.get_relation(
        expected.database, expected.schema, expected.identifier
    ) -%}
    {%- set columns = {} -%}
    {%- if found -%}
        {%- for column in adapter.get_columns_in_relation(found) -%}
            {%- do columns.update({column.name | lower: {
                'name': adapter.quote(column.name), 'kind': landed_kind(column.dtype)
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return({
        'relation': found, 'columns': columns, 'looked_in': expected | string,
        'found_in': expected | string,
    }) }}
{%- endmacro %}


{% macro landed_kind(type) -%}
    {#- Kind of a column (see landed_table) from the engine's name of its type. -#}
    {%- set name = (type | lower).split('(')[0] | trim -%}
    {%- if name in ['varchar', 'text', 'string', 'char', 'character', 'character varying', 'bpchar'] -%}
        {{ return('text') }}
    {%- elif name in ['tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint', 'long', 'short',
        'utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint', 'byte'] -%}
        {{ return('integer') }}
    {%- elif name in ['decimal', 'numeric'] -%}
        {{ return('numeric') }}
    {%- elif name in ['double', 'float', 'real', 'double precision'] -%}
        {{ return('float') }}
    {%- elif name in ['boolean', 'bool'] -%}
        {{ return('boolean') }}
    {%- elif name == 'date' -%}
        {{ return('date') }}
    {%- elif name in ['timestamp with time zone', 'timestamptz']
        or type | lower | trim in ['timestamp with time zone', 'timestamp(6) with time zone'] -%}
        {{ return('zoned_timestamp') }}
    {%- elif name in ['timestamp', 'timestamp_s', 'timestamp_ms', 'timestamp_ns', 'datetime',
        'timestamp without time zone', 'timestamp_ntz'] -%}
        {{ return('timestamp') }}
    {%- endif -%}
    {{ return('other') }}
{%- endmacro %}


{% macro landed_tables(tables) -%}
    {#- Those of some raw tables that were landed, as a list. tables: list of names. -#}
    {%- set landed = [] -%}
    {%- for table in tables if raw_table_is_present(table) -%}
        {%- do landed.append(table) -%}
    {%- endfor -%}
    {{ return(landed) }}
{%- endmacro %}


{% macro raw_table_is_present(table) -%}
    {#- Whether an (optional) raw table was landed at all; true while dbt parses. -#}
    {{ return(not execute or landed_table(table).relation is not none) }}
{%- endmacro %}
