{# What an origin holds of a raw table: its relation and the columns that are there. #}


{% macro landed_by_ref(table) -%}
    {#-
        A model of the root project or of another package. It is built in the same run, before the
        base model that reads it, so nothing of it can be known earlier; its relation is none until
        it has been built.
    -#}
    {%- set model = root_models('raw_refs')[table] -%}
    {%- set relation = ref(model[0], model[1]) -%}
    {%- set found = adapter.get_relation(relation.database, relation.schema, relation.identifier) -%}
    {{ return({
        'origin': 'ref', 'relation': relation if found else none,
        'columns': landed_columns(table, found) if found else {},
        'looked_in': model | join('.'), 'found_in': model | join('.'),
    }) }}
{%- endmacro %}


{% macro landed_columns(table, relation) -%}
    {#- Columns of a table or view of the warehouse, see landed_table(). table: the raw table. -#}
    {%- set types = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.append((column.name, column.dtype)) -%}
    {%- endfor -%}
    {{ return(named_columns(table, types)) }}
{%- endmacro %}


{% macro named_columns(table, types) -%}
    {#-
        Columns by the name in the contract that their own means, see landed_table(): in any case, with
        spaces or hyphens for underscores, or the Japanese name. A column with the very name comes
        first; what the contract does not have keeps its name in lower case.

        table: the raw table; types: list of pairs of name and the engine's type.
    -#}
    {%- set names = {} -%}
    {%- for column in raw_table_contract(table).columns -%}
        {%- do names.update({plain_name(column.meta.label_ja): column.name}) if column.meta.label_ja -%}
        {%- do names.update({column.meta.own: column.name}) if column.meta.own -%}
    {%- endfor -%}
    {%- set columns = {} -%}
    {%- for is_exact in [true, false] -%}
        {%- for name, type in types -%}
            {%- set meant = names.get(plain_name(name), plain_name(name)) -%}
            {%- if (name | lower == meant) == is_exact and meant not in columns -%}
                {%- do columns.update({meant: {'name': adapter.quote(name), 'kind': landed_kind(type)}}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}


{% macro plain_name(name) -%}
    {#- A name of a column in lower case, with one underscore for spaces, hyphens, dots and brackets. -#}
    {{ return(modules.re.sub('[\\s./()\\[\\]{}-]+', '_', name | lower | trim).strip('_')) }}
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
    {%- for column in raw_table_contract(table).columns if not column.meta.own -%}
        {%- do columns.update({column.name: {'name': column.name, 'kind': 'text'}}) -%}
    {%- endfor -%}
    {%- set seed = graph.nodes['seed.customer_success.raw_' ~ table] -%}
    {{ return({
        'origin': 'sample', 'relation': node_relation(seed), 'columns': columns,
        'looked_in': 'seeds/sample', 'found_in': 'seeds/sample',
    }) }}
{%- endmacro %}


{% macro landed_in_files(table) -%}
    {#-
        Files of DuckDB: <raw_dir>/<table>.parquet or .csv; CSV is read as text. `make build` reads more
        kinds of files, and makes these of them before dbt runs.
    -#}
    {%- set folder = var('raw_dir') | string -%}
    {%- set landed = {
        'origin': 'file', 'relation': none, 'columns': {}, 'looked_in': folder ~ '/' ~ table ~ '.parquet and .csv'
    } -%}
    {%- for path in raw_files() if path.split('/')[-1] in [table ~ '.parquet', table ~ '.csv'] -%}
        {%- set quoted = literal_path(path) -%}
        {%- do landed.update({'found_in': path, 'is_duplicated': landed.relation is not none}) -%}
        {%- if path.endswith('.parquet') -%}
            {%- do landed.update({'relation': 'read_parquet(' ~ quoted ~ ')'}) -%}
            {%- set types = [] -%}
            {%- for row in run_query('describe select * from ' ~ landed.relation).rows -%}
                {%- do types.append((row[0], row[1])) -%}
            {%- endfor -%}
        {%- else -%}
            {%- set types = csv_header(quoted) -%}
            {%- do landed.update({'relation': csv_relation(quoted, types | map('first') | list)}) -%}
        {%- endif -%}
        {%- do landed.update({'columns': named_columns(table, types)}) -%}
    {%- endfor -%}
    {{ return(landed) }}
{%- endmacro %}


{% macro files_in_other_encodings() -%}
    {#-
        CSV files of raw tables in var raw_dir that are not UTF-8, as a list of paths; files above 64 MB
        are not looked into. (In the text of a blob, bytes outside of ASCII are written as \xE3. What is
        left of them without the sequences of UTF-8 must be nothing.)
    -#}
    {%- set sequences = '(?:\\\\x[CD].|\\\\xE.\\\\x[89AB].|\\\\xF.\\\\x[89AB].\\\\x[89AB].)\\\\x[89AB].' -%}
    {%- set paths = [] -%}
    {%- for path in raw_files() if path.endswith('.csv') and path.split('/')[-1][:-4] in raw_table_names() -%}
        {%- set found = run_query(
            "select 1 as found from read_blob(" ~ literal_path(path) ~ ") where size <= 67108864 "
            ~ "and regexp_matches(regexp_replace(cast(content as varchar), '" ~ sequences
            ~ "', '', 'g'), '\\\\x(?:[89A-F]|00)')"
        ) -%}
        {%- do paths.append(path) if found.rows -%}
    {%- endfor -%}
    {{ return(paths) }}
{%- endmacro %}


{% macro csv_header(path) -%}
    {#-
        Names in the first line of a CSV file, each with the type text, as a list of pairs.

        path: SQL literal. (Left to itself, DuckDB guesses from the data which line is the header, what
        separates fields and what begins a comment, and drops rows that do not fit the guess.)
    -#}
    {%- set lines = run_query(
        'select line from ' ~ csv_relation(path, ['line'], {
            'header': 'false', 'delim': "e'\\x01'", 'quote': "''", 'escape': "''",
            'strict_mode': 'false'
        }) ~ ' limit 1'
    ).columns[0].values() -%}
    {%- set names = [] -%}
    {%- for quoted, plain in modules.re.findall('(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))', lines | first or '') -%}
        {%- set name = (quoted | replace('""', '"') or plain) | trim -%}
        {%- do names.append((name or 'column ' ~ loop.index, 'text')) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro csv_relation(path, names, options={}) -%}
    {#-
        A CSV file as SQL to select from: UTF-8, comma, double quotes; every column as text.

        path: SQL literal; names: of the columns, in order; options: other ones for read_csv().
    -#}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- do columns.append("'" ~ name | replace("'", "''") ~ "': 'varchar'") -%}
    {%- endfor -%}
    {%- set all_options = {
        'auto_detect': 'false', 'header': 'true', 'delim': "','", 'quote': "'\"'", 'escape': "'\"'",
        'comment': "''", 'skip': 0, 'nullstr': "''", 'encoding': "'utf-8'", 'strict_mode': 'true',
        'null_padding': 'false', 'ignore_errors': 'false', 'max_line_size': 33554432,
    } -%}
    {%- do all_options.update(options) -%}
    {%- set written = [] -%}
    {%- for option, value in all_options.items() -%}
        {%- do written.append(option ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {{ return(
        'read_csv(' ~ path ~ ', columns = {' ~ columns | join(', ') ~ '}, ' ~ written | join(', ') ~ ')'
    ) }}
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
    {{ return({
        'origin': 'schema', 'relation': found, 'columns': landed_columns(table, found) if found else {},
        'looked_in': expected | string, 'found_in': expected | string,
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
