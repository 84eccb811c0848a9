{#
    Every row of a raw table, read by the contract: the latest row per key, deleted rows set apart,
    every value cast without raising, and the reasons why a row cannot be used.
#}

{% macro checked_raw_rows(table, bases={}) -%}
    {#-
        Select statement of the base model of a raw table: one row per raw row.

        table: name in the raw contract. Columns: row_status (used, superseded, deleted or
        rejected), row_key of rejected and flagged rows (key parts joined by |, empty without a key),
        every column of the contract cast to its type, <column>_reason and <column>_bad_value per
        checked column, inconsistent_reason, and <flag>_flag, whether a row that is used is flagged
        (see flags_of()). Reads the base models of the tables that it references, or what takes their
        place: bases, a dict of table name to relation.
    -#}
    {%- do raw_edge(table) -%}
    {%- for node in base_models_read_by(table) -%}
        {%- do ref('customer_success', node) -%}
    {%- endfor -%}
    {%- if execute -%}
    {%- set landed = landed_table(table) -%}
    {%- set contract = raw_table_contract(table) -%}
    {%- do stop_unless_handed_over(contract, landed) -%}
    {%- set checked = checked_columns(table) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set moments = ['updated_at', 'loaded_at'] | select('in', names) | list -%}
    {%- set repeated_rows -%}
        (
            select landed.*
            from {{ landed_rows(contract, landed) }} as landed
            inner join repeated_keys on landed.row_key = repeated_keys.row_key
        ) as repeated_rows
    {%- endset -%}
with

-- keys that were landed more than once; most tables have few, so only their rows are sorted
repeated_keys as (
    select row_key
    from {{ landed_rows(contract, landed) }} as landed
    where row_key <> ''
    group by row_key
    having count(*) > 1
),

versions as (
    select landed.*, 1 as version_number
    from {{ landed_rows(contract, landed) }} as landed
    where not exists (select 1 from repeated_keys where repeated_keys.row_key = landed.row_key)
    union all
    select
        row_key,
        {%- for name in names %}
        {{ name }}_landed,
        {%- endfor %}
        row_number() over (
            partition by row_key
            order by
                {%- for name in moments %}
                {{ name }} desc nulls last,
                {%- endfor %}
                {%- for name in names %}
                {{ binary_collation('cast(' ~ name ~ '_landed as ' ~ dbt.type_string() ~ ')') }} nulls last
                    {{- ',' if not loop.last }}
                {%- endfor %}
        ) as version_number
    from {{ typed_rows(contract, landed, repeated_rows, moments) }} as repeated
),

typed as (
    select * from {{ typed_rows(contract, landed, 'versions', names, ['version_number']) }} as read
),

{% for name in names if reference_of(contract, name) %}
referenced_{{ name }} as (
    {{ referenced_keys(contract, landed, name, bases) }}
),

{% endfor -%}

checked as (
    select
        typed.*,
        {%- for name in names if reference_of(contract, name) %}
        referenced_{{ name }}.referenced_key as {{ name }}_referenced,
        {%- endfor %}
        {%- for name in checked %}
        {{ rejection_reason(contract, name) }} as {{ name }}_reason,
        {%- endfor %}
        {% if contract.inconsistent or contract.out_of_range -%}
        case
            {%- for reason in ['inconsistent', 'out_of_range'] if contract[reason] %}
            when {{ contract[reason] }} then '{{ reason }}'
            {%- endfor %}
        end
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as inconsistent_reason
        {%- for flag in flags_of(table) %},
        coalesce({{ flag.condition }}, false) as {{ flag.name }}_flag
        {%- endfor %}
    from typed
    {%- for name in names if reference_of(contract, name) %}
    left join referenced_{{ name }} on typed.{{ name }} = referenced_{{ name }}.landed_key
    {%- endfor %}
),

judged as (
    select
        checked.*,
        case
            when version_number > 1 then 'superseded'
            {%- if 'is_deleted' in names and not contract.keeps_deleted %}
            when is_deleted then 'deleted'
            {%- endif %}
            when coalesce(
                {%- for name in checked %}{{ name }}_reason, {% endfor %}inconsistent_reason
            ) is not null then 'rejected'
            {%- if contract.keeps_deleted %}
            when is_deleted then 'deleted'
            {%- endif %}
            else 'used'
        end as row_status
    from checked
),

-- what only rejected rows need is null elsewhere, which costs next to nothing to store
accounted as (
    select
        row_status,
        case
            when row_status = 'rejected' then row_key
            {%- for flag in flags_of(table) %}
            when {{ flag.name }}_flag and {{ is_usable(contract) }} then row_key
            {%- endfor %}
        end as row_key,
        {%- for column in contract.columns %}
        {% if reference_of(contract, column.name) -%}
        coalesce({{ column.name }}_referenced, {{ with_default(column) }}) as {{ column.name }},
        {%- else -%}
        {{ with_default(column) }} as {{ column.name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in checked %}
        {{ name }}_reason,
        case
            when {{ name }}_reason is not null then cast({{ name }}_landed as {{ dbt.type_string() }})
        end as {{ name }}_bad_value,
        {%- endfor %}
        inconsistent_reason
        {%- for flag in flags_of(table) %},
        {{ flag.name }}_flag and {{ is_usable(contract) }} as {{ flag.name }}_flag
        {%- endfor %}
    from judged
)

select * from accounted
    {%- endif -%}
{%- endmacro %}


{% macro landed_rows(contract, landed) -%}
    {#-
        Subquery with row_key and <column>_landed for each column of the contract: blank text as
        null, columns that were not landed as null, no rows when the table is absent. A row without any
        value, as spreadsheets leave them, is none.
    -#}
    (
        select
            case
                when
                {%- for part in contract.key %} {{ own_key(contract, landed, part) }} is not null
                {{- ' and' if not loop.last }}{% endfor %}
                    then
                {%- for part in contract.key %}
                    {{- " || '|' ||" if not loop.first }} {{ key_part(contract, landed, part) }}
                {%- endfor %}
                else ''
            end as row_key,
            {%- for column in contract.columns %}
            {{ own_key(contract, landed, column.name) if column.name in contract.key
                else landed_value(landed, column.name) }} as {{ column.name }}_landed
                {{- ',' if not loop.last }}
            {%- endfor %}
        {% if landed.relation -%}
        from {{ landed.relation }}
        {%- if landed.columns and landed.origin != 'sample' %}
        where {% for name in landed.columns -%}
            {{ landed_value(landed, name) }} is not null
            {%- if not loop.last %} or {% endif %}
        {%- endfor %}
        {%- endif %}
        {%- else -%}
        where false
        {%- endif %}
        {{ computed_once() }}
    )
{%- endmacro %}


{% macro landed_value(landed, name) -%}
    {#- One landed column as it is; blank text, NaN and absent columns as null. -#}
    {%- set column = landed.columns.get(name) -%}
    {%- if not column -%}
        cast(null as {{ dbt.type_string() }})
    {%- elif column.kind == 'text' -%}
        {{ blank_as_null(column.name) }}
    {%- elif column.kind == 'float' -%}
        nullif({{ column.name }}, cast('NaN' as {{ type_double() }}))
    {%- else -%}
        {{ column.name }}
    {%- endif -%}
{%- endmacro %}


{% macro key_part(contract, landed, name) -%}
    {#- A column of the primary key as text, the same in whatever notation it was landed. -#}
    {%- set column = contract.columns | selectattr('name', 'equalto', name) | first -%}
    {%- set kind = landed.columns.get(name, {'kind': 'text'}).kind -%}
    {%- set value = own_key(contract, landed, name) -%}
    {%- if kind == 'text' and column.type == 'date' -%}
        {%- set day = replaced(iso_moment(value), '[T ]00:00.*$', '') -%}
        case when length({{ day }}) = 10 then {{ day }} else {{ value }} end
    {%- elif kind == 'text' and has_notations(column) -%}
        {{ rewritten(column, value) }}
    {%- elif kind == 'text' -%}
        {{ value }}
    {%- elif column.type == 'text' -%}
        {{ cast_typed(column, kind, value) }}
    {%- else -%}
        cast({{ cast_typed(column, kind, value) }} as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}


{% macro own_key(contract, landed, name) -%}
    {#-
        A landed column of the primary key. An id loses the .0 with which programs write whole numbers
        when every value of the column ends so; one that does not shows that .0 means something.
    -#}
    {%- set value = landed_value(landed, name) -%}
    {%- set is_float = namespace(found=false) -%}
    {%- if contract.key | length == 1 and landed.origin not in ['sample', 'absent'] and landed.relation
        and landed.columns.get(name, {}).kind == 'text' -%}
        {%- set other = run_query(
            'select 1 as found from ' ~ landed.relation ~ ' where ' ~ value ~ ' is not null and not '
            ~ is_match(value, '[0-9]+[.]0') ~ ' limit 1'
        ) -%}
        {%- set is_float.found = not other.rows -%}
    {%- endif -%}
    {%- set column = contract.columns | selectattr('name', 'equalto', name) | first -%}
    {%- if is_float.found -%}
        {{ return(replaced(value, '[.]0$', '')) }}
    {%- elif column.type != 'text' and landed.columns.get(name, {}).kind == 'text' -%}
        {{ return('case when not ' ~ is_null_word(value) ~ ' then ' ~ value ~ ' end') }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}


{% macro typed_rows(contract, landed, relation, names, further=[]) -%}
    {#-
        Subquery of landed rows with some columns cast to their types, each as <column> beside
        <column>_landed; null where that is not possible.

        relation: SQL to select from, with row_key, every <column>_landed and the columns `further`;
        names: the columns to cast. Text is read in the contract's own notation first; only what that
        cannot read is rewritten (see notation.sql) and read again.
    -#}
    {%- set columns = contract.columns | selectattr('name', 'in', names) | list -%}
    {%- set written = [] -%}
    {%- for column in columns
        if landed.columns.get(column.name, {}).kind == 'text' and has_notations(column) -%}
        {%- do written.append(column) -%}
    {%- endfor -%}
    {%- set written_names = written | map(attribute='name') | list -%}
    {%- set days = written | selectattr('type', 'equalto', 'date') | list -%}
    (
        select
            row_key,
            {%- for name in further %}
            {{ name }},
            {%- endfor %}
            {%- for column in contract.columns %}
            {%- if column.name in written_names and column.type != 'text' %}
            case
                when {{ column.name }}_plain is not null or not {{ is_null_word(column.name ~ '_landed') }}
                    then {{ column.name }}_landed
            end as {{ column.name }}_landed
            {%- else %}
            {{ column.name }}_landed
            {%- endif %}{{ ',' if not loop.last or names }}
            {%- endfor %}
            {%- for column in columns %}
            {%- if column.name in written_names %}
            coalesce(
                {{ column.name }}_plain,
                {{ cast_rewritten(contract.name, column) }}
            ) as {{ column.name }}
            {%- else %}
            {{ column.name }}_plain as {{ column.name }}
            {%- endif %}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
        {%- if days %}
            select
                rewritten.*
                {%- for column in days %},
                {{ safe_timestamp(column.name ~ '_rewritten') }} as {{ column.name }}_moment
                {%- endfor %}
            from (
        {%- endif %}
            select
                plain.*
                {%- for column in written %},
                case
                    when {{ column.name }}_plain is null
                        then {{ rewritten(column, column.name ~ '_landed') }}
                end as {{ column.name }}_rewritten
                {%- endfor %}
            from (
                select
                    {{ relation.split(' ')[-1] }}.*
                    {%- for column in columns %},
                    {{ cast_landed(contract.name, column, landed) }} as {{ column.name }}_plain
                    {%- endfor %}
                from {{ relation }}
                {{ computed_once() }}
            ) as plain
            {{ computed_once() }}
        ) as rewritten
        {%- if days %}
            {{ computed_once() }}
        ) as moments
        {%- endif %}
        {{ computed_once() }}
    )
{%- endmacro %}


{% macro cast_landed(table, column, landed) -%}
    {#-
        <column>_landed cast to its type in the contract; null where that is not possible. Columns
        that were landed with a type of their own are converted without a detour over text.
    -#}
    {%- set value = column.name ~ '_landed' -%}
    {%- set kind = landed.columns.get(column.name, {'kind': 'text'}).kind -%}
    {%- if kind != 'text' -%}
        {{ cast_typed(column, kind, value, table) }}
    {%- elif column.type == 'text' and column.meta.get('values') -%}
        case when {{ value }} in ('{{ column.meta.get("values") | join("', '") }}') then {{ value }} end
    {%- elif column.type == 'text' and column.meta.is_upper -%}
        case when {{ is_match(value, '[A-Z]+') }} then {{ value }} end
    {%- elif column.type == 'text' -%}
        {{ value }}
    {%- elif column.type == 'date' -%}
        {{ safe_date(value) }}
    {%- else -%}
        {{ cast_text(table, column, value) }}
    {%- endif -%}
{%- endmacro %}


{% macro cast_rewritten(table, column) -%}
    {#- <column>_rewritten (see notation.sql) cast to the type of its column; dates: see typed_rows(). -#}
    {%- set value = column.name ~ '_rewritten' -%}
    {%- if column.type == 'text' -%}
        {{ value }}
    {%- elif column.type == 'date' -%}
        {{ date_of_midnight_text(value) }},
        {{ date_of_midnight(column.name ~ '_moment') }}
    {%- else -%}
        {{ cast_text(table, column, value) }}
    {%- endif -%}
{%- endmacro %}


{% macro cast_text(table, column, value) -%}
    {#- A text in the contract's own notation cast to the type of its column. -#}
    {%- if column.type == 'integer' -%}
        {{ safe_integer(value) }}
    {%- elif column.type.startswith('numeric') -%}
        {%- set digits = numeric_digits(column.type) -%}
        {{ safe_numeric(value, digits[0], digits[1]) }}
    {%- elif column.type == 'boolean' -%}
        {{ safe_boolean(value) }}
    {%- elif column.type == 'timestamp' -%}
        {{ moment_of_text(value, source_timezone(table)) }}
    {%- endif -%}
{%- endmacro %}


{% macro cast_typed(column, kind, value, table=none) -%}
    {#- A value that was landed with a type of its own, of that kind, cast to the type of its column. -#}
    {%- set text = 'cast(' ~ value ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set is_number = kind in ['integer', 'numeric', 'float'] -%}
    {%- if column.type == 'text' and kind == 'float' -%}
        {{ text_of_whole(value) }}
    {%- elif column.type == 'text' -%}
        {{ text }}
    {%- elif column.type == 'integer' and is_number -%}
        {{ integer_from_number(value) }}
    {%- elif column.type.startswith('numeric') and is_number -%}
        {%- set digits = numeric_digits(column.type) -%}
        {{ numeric_from_number(value, digits[0], digits[1]) }}
    {%- elif column.type == 'boolean' and kind == 'boolean' -%}
        {{ value }}
    {%- elif column.type == 'date' and kind == 'date' -%}
        {{ value }}
    {%- elif column.type == 'date' and kind == 'timestamp' -%}
        case when {{ value }} = {{ dbt.date_trunc('day', value) }} then cast({{ value }} as date) end
    {%- elif column.type == 'date' and kind == 'zoned_timestamp' -%}
        {{ date_of_midnight(utc_timestamp(value)) }}
    {%- elif column.type == 'timestamp' and kind == 'date' -%}
        {{ utc_from_local('cast(' ~ value ~ ' as ' ~ dbt.type_timestamp() ~ ')', var('reporting_timezone')) }}
    {%- elif column.type == 'timestamp' and kind == 'timestamp' -%}
        {{ utc_from_local('cast(' ~ value ~ ' as ' ~ dbt.type_timestamp() ~ ')', source_timezone(table)) }}
    {%- elif column.type == 'timestamp' and kind == 'zoned_timestamp' -%}
        {{ utc_timestamp(value) }}
    {%- elif column.type == 'date' -%}
        {{ safe_date(text) }}
    {%- else -%}
        {{ cast_text(table, column, text) }}
    {%- endif -%}
{%- endmacro %}


{% macro source_timezone(table) -%}
    {#- Time zone of a raw table's timestamps that say none: var source_timezone, a name for all or by table. -#}
    {%- set zone = var('source_timezone') -%}
    {{ return(zone.get(table, 'UTC') if zone is mapping else zone) }}
{%- endmacro %}


{% macro numeric_digits(type) -%}
    {#- Digits and decimals of a numeric type of the contract, as a pair: 18 and 4 unless it says otherwise. -#}
    {%- if ',' not in type -%}
        {{ return((18, 4)) }}
    {%- endif -%}
    {%- set digits = type.split('(')[1].strip(') ').split(',') -%}
    {{ return((digits[0] | int, digits[1] | int)) }}
{%- endmacro %}


{% macro is_usable(contract) -%}
    {#-
        Condition on a base model's row: it is used, or deleted in a table whose deleted rows are kept.

        contract: of raw_table_contract().
    -#}
    {%- if contract.keeps_deleted -%}
        row_status in ('used', 'deleted')
    {%- else -%}
        row_status = 'used'
    {%- endif -%}
{%- endmacro %}


{% macro flags_of(table) -%}
    {#-
        What a row of a raw table that is used can be flagged for, as a list of dicts: name (of the
        column <name>_flag, without its end), reason, column_name (empty for the row as a whole) and
        condition (SQL in checked_raw_rows()).
    -#}
    {%- set contract = raw_table_contract(table) -%}
    {%- set flags = [] -%}
    {%- for column in contract.columns if column.meta.may_dangle and reference_of(contract, column.name) -%}
        {%- do flags.append({
            'name': column.name, 'reason': 'unknown_reference', 'column_name': column.name,
            'condition': 'typed.' ~ column.name ~ ' is not null and referenced_' ~ column.name
                ~ '.referenced_key is null',
        }) -%}
    {%- endfor -%}
    {%- for reason, condition in contract.flags.items() -%}
        {%- do flags.append(
            {'name': reason, 'reason': reason, 'column_name': '', 'condition': condition}
        ) -%}
    {%- endfor -%}
    {{ return(flags) }}
{%- endmacro %}


{% macro with_default(column) -%}
    {#- A typed column with the default of the contract in place of null. -#}
    {%- set default = column.meta.get('default') -%}
    {%- if default is none -%}
        {{ column.name }}
    {%- elif default == 'reporting_currency' -%}
        coalesce({{ column.name }}, '{{ var("reporting_currency") }}')
    {%- elif column.type == 'text' -%}
        coalesce({{ column.name }}, '{{ default }}')
    {%- else -%}
        coalesce({{ column.name }}, {{ default | string | lower }})
    {%- endif -%}
{%- endmacro %}


{% macro checked_columns(table) -%}
    {#- Names of the columns of a raw table in which something can be wrong. -#}
    {%- set names = [] -%}
    {%- for column in raw_table_contract(table).columns -%}
        {%- if column.type != 'text' or column.meta.required or column.meta.get('values')
            or (column.meta.references and not column.meta.may_dangle) or column.meta.needs_rate -%}
            {%- do names.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro reference_of(contract, name) -%}
    {#- Raw table whose used rows must hold the values of a column; none without such a check. -#}
    {%- set meta = (contract.columns | selectattr('name', 'equalto', name) | first).meta -%}
    {%- if meta.needs_rate -%}
        {{ return('exchange_rates') }}
    {%- elif meta.references and raw_table_is_present(meta.references) -%}
        {{ return(meta.references) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{% macro referenced_keys(contract, landed, name, bases) -%}
    {#-
        Select statement of the values that a referencing column may have: landed_key as it may be
        written, referenced_key as it is. A whole number may be written with .0 where that is no other
        key. Where several may be named at once (may_list), so may a text all of whose parts are keys.

        bases: of checked_raw_rows().
    -#}
    {%- set table = reference_of(contract, name) -%}
    {%- set key = 'currency_code' if table == 'exchange_rates' else raw_table_contract(table).key[0] -%}
    {%- if table == contract.name -%}
        {#- the table itself: its rows have no status yet -#}
        {%- set rows = 'typed' -%}
        {%- set is_usable = 'version_number = 1 and ' ~ key ~ ' is not null' -%}
    {%- else -%}
        {%- set rows = bases.get(table) or ref('customer_success', 'base_' ~ table) -%}
        {%- set is_usable = is_usable(raw_table_contract(table)) -%}
    {%- endif -%}
    select {{ 'distinct ' if table == 'exchange_rates' -}}
        {{ key }} as landed_key,
        {{ key }} as referenced_key
    from {{ rows }}
    where {{ is_usable }}
    {%- if table == 'exchange_rates' %}
    union
    select
        '{{ var("reporting_currency") }}' as landed_key,
        '{{ var("reporting_currency") }}' as referenced_key
    {%- elif landed.origin != 'sample' and landed.columns.get(name, {}).kind == 'text' %}
    union all
    select
        {{ key }} || '.0' as landed_key,
        {{ key }} as referenced_key
    from {{ rows }} as whole
    where {{ is_usable }}
        and {{ is_match(key, '[0-9]+') }}
        and not exists (
            select 1 from {{ rows }} as same
            where same.{{ key }} = whole.{{ key }} || '.0'
        )
    {%- endif -%}
    {%- set meta = (contract.columns | selectattr('name', 'equalto', name) | first).meta -%}
    {%- if meta.may_list and name in landed.columns %}
    union all
    {{ known_lists(name, key, rows, is_usable) }}
    {%- endif -%}
{%- endmacro %}


{% macro known_lists(name, key, rows, is_usable) -%}
    {#-
        Select statement of landed lists all of whose parts are keys, as landed_key and referenced_key.

        name: the column of typed rows that holds the lists; key, rows, is_usable: of referenced_keys().
    -#}
    select
        parts.listed as landed_key,
        parts.listed as referenced_key
    from (
        select distinct
            lists.listed,
            trim(lists.part) as part
        from (
            select
                {{ name }} as listed,
                {{ listed_parts(name) }} as part
            from typed
            where version_number = 1
                and {{ is_list(name) }}
        ) as lists
        where trim(lists.part) <> ''
    ) as parts
    left join (
        select {{ key }} as known_key from {{ rows }} as known
        where {{ is_usable }}
    ) as known_keys on parts.part = known_keys.known_key
    where not exists (
        select 1 from {{ rows }} as whole
        where {{ is_usable }} and whole.{{ key }} = parts.listed
    )
    group by parts.listed
    having count(*) = count(known_keys.known_key)
{%- endmacro %}


{% macro rejection_reason(contract, name) -%}
    {#- The first reason why a value of a column cannot be used; null when it can. -#}
    {%- set meta = (contract.columns | selectattr('name', 'equalto', name) | first).meta -%}
    case
        {%- if meta.required %}
        when {{ name }}_landed is null then 'missing_required'
        {%- endif %}
        when {{ name }}_landed is not null and typed.{{ name }} is null then 'bad_type'
        {%- if meta.get('values') %}
        when {{ name }} not in ('{{ meta.get("values") | join("', '") }}') then 'not_allowed'
        {%- endif %}
        {%- if meta.min is defined %}
        when {{ name }} < {{ meta.min }} then 'out_of_range'
        {%- endif %}
        {%- if meta.above is defined %}
        when {{ name }} <= {{ meta.above }} then 'out_of_range'
        {%- endif %}
        {%- if meta.max is defined %}
        when {{ name }} > {{ meta.max }} then 'out_of_range'
        {%- endif %}
        {%- if meta.range_by %}
        {%- for value, range in meta.range_by.ranges.items() %}
        when {{ meta.range_by.column }} = '{{ value }}'
            and {{ name }} not between {{ range[0] }} and {{ range[1] }} then 'out_of_range'
        {%- endfor %}
        {%- endif %}
        {%- if reference_of(contract, name) and not meta.may_dangle %}
        when typed.{{ name }} is not null and referenced_{{ name }}.referenced_key is null
            then '{{ "missing_exchange_rate" if meta.needs_rate else "unknown_reference" }}'
        {%- endif %}
    end
{%- endmacro %}
