{# Names that the contract does not have, and what may be meant by them. #}

{% macro unread_columns(contract, found) -%}
    {#- Columns of a raw table that the contract does not have, in lower case. found: of found_table(). -#}
    {%- set known = contract.columns | map(attribute='name') | list -%}
    {{ return(found.columns.keys() | reject('in', known) | list) }}
{%- endmacro %}


{% macro absent_columns(contract, found) -%}
    {#- Columns of the contract that a raw table is without, as a list. found: of found_table(). -#}
    {{ return(contract.columns | map(attribute='name') | reject('in', found.columns) | list) }}
{%- endmacro %}


{% macro unread_files() -%}
    {#-
        What is to be said about CSV and Parquet files of var raw_dir that are no raw table: a list of
        dicts of said().
    -#}
    {%- set remarks = [] -%}
    {%- if raw_mode() == 'files' -%}
        {%- set names = [] -%}
        {%- for path in raw_files() -%}
            {%- do names.append(path.split('/')[-1]) -%}
        {%- endfor -%}
        {%- set absent = [] -%}
        {%- for table in raw_table_names()
            if table ~ '.csv' not in names and table ~ '.parquet' not in names -%}
            {%- do absent.append(table) -%}
        {%- endfor -%}
        {%- for name in names if name.endswith('.csv') or name.endswith('.parquet') -%}
            {%- set stem = name.rsplit('.', 1)[0] -%}
            {%- if stem not in raw_table_names() -%}
                {%- do remarks.append({
                    'code': 'unread_file', 'name': name, 'near': nearest_name(stem, absent)
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(remarks) }}
{%- endmacro %}


{% macro nearest_name(name, names) -%}
    {#-
        The nearest of some names to one that is none of them, if any is near: at least six in ten of
        the pairs of letters that follow each other are the same.
    -#}
    {%- set best = namespace(name=none, nearness=0.6) -%}
    {%- set own = letter_pairs(name) -%}
    {%- for other in names -%}
        {%- set pairs = letter_pairs(other) -%}
        {%- set rest = pairs | list -%}
        {%- set same = [] -%}
        {%- for pair in own if pair in rest -%}
            {%- do rest.remove(pair) -%}
            {%- do same.append(pair) -%}
        {%- endfor -%}
        {%- set nearness = 2 * (same | length) / (own | length + pairs | length) -%}
        {%- if nearness >= best.nearness and nearness > 0 -%}
            {%- set best.name = other -%}
            {%- set best.nearness = nearness + 0.0001 -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{%- endmacro %}


{% macro letter_pairs(name) -%}
    {#- Pairs of letters that follow each other in a name, with its beginning and end, as a list. -#}
    {%- set text = '^' ~ name ~ '$' -%}
    {%- set pairs = [] -%}
    {%- for _ in text[1:] -%}
        {%- do pairs.append(text[loop.index0:loop.index0 + 2]) -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}
