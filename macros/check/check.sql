{# What a company's raw tables are like, told before anything is built. #}

{% macro check(language=none, shown_rows=5, is_brief=false, is_taken_in=false) -%}
    {#-
        `dbt run-operation check` (`customer_success.check` in another dbt project): prints, for the
        raw tables that the vars name, what of them is read, which rows cannot be used and why, what
        is worth a look, and which KPIs can be computed. Ends with an error when a build would.

        The rows are judged by the macros that the base models are made of, in tables of a schema of
        its own, <schema>_check, which is dropped again.

        language: en or ja; none = Japanese where the system's (LANG) is. shown_rows: rejected rows
        that are shown of each table. is_brief: only what is wrong or worth a look, no tables and KPIs.
        is_taken_in: whether the intake has told already which files and columns are not read.
    -#}
    {%- set told = language or own_language() -%}
    {%- set remarks = [] -%}
    {%- set problems = policy_problems() -%}
    {%- if not problems -%}
        {%- do problems.extend(raw_problems([], remarks)) -%}
    {%- endif -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(said(told, 'not_ready') ~ '\n- ' ~ problems | join('\n- ')) }}
    {%- endif -%}
    {%- if is_taken_in -%}
        {%- set remarks = remarks | selectattr('code', 'equalto', 'left_out') | list -%}
    {%- endif -%}
    {%- do drop_scratch(told) -%}
    {%- set bases = checked_bases() -%}
    {%- set counts = base_counts(bases) -%}
    {%- do print_lines(table_lines(told, counts)) if not is_brief -%}
    {%- do print_lines(rejection_lines(told, bases, counts, shown_rows)) -%}
    {%- do print_lines(remark_lines(told, remarks, bases, counts)) -%}
    {%- do print_lines(kpi_lines(told, counts)) if not is_brief -%}
    {%- do drop_scratch(told) -%}
    {%- set beyond = counts.values() | selectattr('is_beyond_limit') | map(attribute='name') | list -%}
    {%- if beyond -%}
        {{ exceptions.raise_compiler_error(
            said(told, 'beyond_limit', tables=beyond | join(', '), limit=var('max_rejected_share'))
        ) }}
    {%- endif -%}
    {%- do print_lines(['', said(told, 'ready')]) if not is_brief -%}
{%- endmacro %}


{% macro scratch_relation(name) -%}
    {#- A table of the schema in which raw rows are judged. -#}
    {{ return(api.Relation.create(
        database=target.get('database'), schema=target.schema ~ '_check', identifier=name
    )) }}
{%- endmacro %}


{% macro drop_scratch(told) -%}
    {#-
        Drops the schema in which raw rows are judged, if it is there. Stops when it holds anything that
        the check did not make: a schema of that name may be somebody's. told: en or ja.
    -#}
    {%- set scratch = scratch_relation('base') -%}
    {%- set own = [] -%}
    {%- for table in raw_table_names() -%}
        {%- do own.append('base_' ~ table) -%}
    {%- endfor -%}
    {%- for name in names_in_schema(scratch) if name not in own -%}
        {{ exceptions.raise_compiler_error(
            said(told, 'schema_taken', schema=scratch.schema, relation=name)
        ) }}
    {%- endfor -%}
    {%- do adapter.drop_schema(scratch) -%}
{%- endmacro %}


{% macro checked_bases() -%}
    {#-
        Judges the rows of the raw tables that are there: a dict of table name to a relation that has
        the columns of its base model.
    -#}
    {%- do adapter.create_schema(scratch_relation('base')) -%}
    {%- set bases = {} -%}
    {#- what currencies have a rate is asked also where there are no rates -#}
    {%- set landed = (landed_tables(raw_table_names()) + ['exchange_rates']) | unique | list -%}
    {#- those that others refer to come first -#}
    {%- for _ in landed -%}
        {%- for table in landed if table not in bases -%}
            {%- set waiting = [] -%}
            {%- for base in base_models_read_by(table) if base[5:] in landed and base[5:] not in bases -%}
                {%- do waiting.append(base) -%}
            {%- endfor -%}
            {%- if not waiting -%}
                {%- set relation = scratch_relation('base_' ~ table) -%}
                {%- do run_query(create_table_from(relation, checked_raw_rows(table, bases))) -%}
                {%- do bases.update({table: relation}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(bases) }}
{%- endmacro %}


{% macro base_counts(bases) -%}
    {#-
        The account of every raw table, as a dict of table name to: name, raw, used and rejected (numbers
        of rows), is_beyond_limit. bases: of checked_bases().
    -#}
    {%- set queries = [] -%}
    {%- for table, base in bases.items() -%}
        {%- do queries.append(row_counts(table, base)) -%}
    {%- endfor -%}
    {%- set counts = {} -%}
    {%- for table in raw_table_names() -%}
        {%- do counts.update({table: {
            'name': table, 'raw': 0, 'used': 0, 'rejected': 0, 'is_beyond_limit': false,
        }}) -%}
    {%- endfor -%}
    {%- for row in run_query(
        'select table_name, raw_rows, used_rows, rejected_rows, case when '
        ~ is_beyond_limit('raw_rows', 'rejected_rows') ~ ' and rejected_rows > 0 then 1 else 0 end'
        ~ ' from (' ~ queries | join('\nunion all\n') ~ ') as counts'
    ).rows -%}
        {%- do counts.update({row[0]: {
            'name': row[0], 'raw': row[1] | int, 'used': row[2] | int, 'rejected': row[3] | int,
            'is_beyond_limit': row[4] == 1,
        }}) -%}
    {%- endfor -%}
    {{ return(counts) }}
{%- endmacro %}


{% macro print_lines(lines) -%}
    {#- Prints each of some lines. lines: list of texts. -#}
    {%- for line in lines -%}
        {%- do log(line, info=true) -%}
    {%- endfor -%}
{%- endmacro %}
