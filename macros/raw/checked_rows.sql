{#
    Every row of a raw table, read by the contract: the latest row per key, deleted rows set apart,
    every value cast without raising, and the reasons why a row cannot be used.
#}

{% macro checked_raw_rows(table) -%}
    {#-
        Select statement of the base model of a raw table: one row per raw row.

        table: name in the raw contract. Columns: row_status (used, superseded, deleted or
        rejected), row_key of rejected rows (key parts joined by |, empty without a key), every
        column of the contract cast to its type, <column>_reason and <column>_bad_value per checked
        column, and inconsistent_reason. Reads the base models of the tables that it references.
    -#}
    {%- do raw_edge(table) -%}
    {%- for node in base_models_read_by(table) -%}
        {%- do ref('customer_success', node) -%}
    {%- endfor -%}
    {%- if execute -%}
    {%- set landed = landed_table(table) -%}
    {%- set contract = raw_table_contract(table) -%}
    {%- set checked = checked_columns(table) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
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
        landed.*,
        row_number() over (
            partition by landed.row_key
            order by
                {%- for name in ['updated_at', 'loaded_at'] if name in names %}
                {{ cast_landed(contract, landed, name) }} desc nulls last,
                {%- endfor %}
                {%- for name in names %}
                {{ binary_collation('cast(' ~ name ~ '_landed as ' ~ dbt.type_string() ~ ')') }} nulls last
                    {{- ',' if not loop.last }}
                {%- endfor %}
        ) as version_number
    from {{ landed_rows(contract, landed) }} as landed
    inner join repeated_keys on landed.row_key = repeated_keys.row_key
),

typed as (
    select
        row_key,
        version_number,
        {%- for name in checked %}
        {{ name }}_landed,
        {%- endfor %}
        {%- for name in names %}
        {{ cast_landed(contract, landed, name) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from versions
),

{% for name in checked if reference_of(contract, name) %}
referenced_{{ name }} as (
    {{ referenced_keys(contract, name) }}
),

{% endfor -%}

checked as (
    select
        typed.*,
        {%- for name in checked %}
        {{ rejection_reason(contract, name) }} as {{ name }}_reason,
        {%- endfor %}
        {% if contract.inconsistent -%}
        case when {{ contract.inconsistent }} then 'inconsistent' end
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as inconsistent_reason
    from typed
    {%- for name in checked if reference_of(contract, name) %}
    left join referenced_{{ name }} on typed.{{ name }} = referenced_{{ name }}.referenced_key
    {%- endfor %}
),

judged as (
    select
        checked.*,
        case
            when version_number > 1 then 'superseded'
            {%- if 'is_deleted' in names %}
            when is_deleted then 'deleted'
            {%- endif %}
            when coalesce(
                {%- for name in checked %}{{ name }}_reason, {% endfor %}inconsistent_reason
            ) is not null then 'rejected'
            else 'used'
        end as row_status
    from checked
),

-- what only rejected rows need is null elsewhere, which costs next to nothing to store
accounted as (
    select
        row_status,
        case when row_status = 'rejected' then row_key end as row_key,
        {%- for column in contract.columns %}
        {{ with_default(column) }} as {{ column.name }},
        {%- endfor %}
        {%- for name in checked %}
        {{ name }}_reason,
        case
            when {{ name }}_reason is not null then cast({{ name }}_landed as {{ dbt.type_string() }})
        end as {{ name }}_bad_value,
        {%- endfor %}
        inconsistent_reason
    from judged
)

select * from accounted
    {%- endif -%}
{%- endmacro %}


{% macro landed_rows(contract, landed) -%}
    {#-
        Subquery with row_key and <column>_landed for each column of the contract: blank text as
        null, columns that were not landed as null, no rows when the table is absent.
    -#}
    (
        select
            case
                when
                {%- for part in contract.key %} {{ landed_value(landed, part) }} is not null
                {{- ' and' if not loop.last }}{% endfor %}
                    then
                {%- for part in contract.key %}
                    {{- " || '|' ||" if not loop.first }} cast({{ landed_value(landed, part) }} as {{ dbt.type_string() }})
                {%- endfor %}
                else ''
            end as row_key,
            {%- for column in contract.columns %}
            {{ landed_value(landed, column.name) }} as {{ column.name }}_landed
                {{- ',' if not loop.last }}
            {%- endfor %}
        {% if landed.relation -%}
        from {{ landed.relation }}
        {%- else -%}
        where false
        {%- endif %}
    )
{%- endmacro %}


{% macro landed_value(landed, name) -%}
    {#- One landed column as it is, blank text and absent columns as null. -#}
    {%- set column = landed.columns.get(name) -%}
    {%- if not column -%}
        cast(null as {{ dbt.type_string() }})
    {%- elif column.kind == 'text' -%}
        {{ blank_as_null(column.name) }}
    {%- else -%}
        {{ column.name }}
    {%- endif -%}
{%- endmacro %}


{% macro cast_landed(contract, landed, name) -%}
    {#-
        <name>_landed cast to its type in the contract; null where that is not possible. Columns
        that were landed with a type of their own are converted without a detour over text.
    -#}
    {%- set value = name ~ '_landed' -%}
    {%- set kind = landed.columns.get(name, {'kind': 'text'}).kind -%}
    {%- set type = (contract.columns | selectattr('name', 'equalto', name) | first).type -%}
    {%- set text = value if kind == 'text' else 'cast(' ~ value ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- if type == 'text' -%}
        {{ text }}
    {%- elif type == 'integer' and kind in ['integer', 'numeric', 'float'] -%}
        {{ integer_from_number(value) }}
    {%- elif type == 'integer' -%}
        {{ safe_integer(text) }}
    {%- elif type.startswith('numeric') and kind in ['integer', 'numeric', 'float'] -%}
        {{ numeric_from_number(value, 18, numeric_scale(type)) }}
    {%- elif type.startswith('numeric') -%}
        {{ safe_numeric(text, 18, numeric_scale(type)) }}
    {%- elif type == 'boolean' -%}
        {{ value if kind == 'boolean' else safe_boolean(text) }}
    {%- elif type == 'date' -%}
        {%- if kind == 'date' -%}
            {{ value }}
        {%- elif kind == 'timestamp' -%}
            case when {{ value }} = {{ dbt.date_trunc('day', value) }} then cast({{ value }} as date) end
        {%- else -%}
            {{ safe_date(text) }}
        {%- endif -%}
    {%- elif type == 'timestamp' -%}
        {%- if kind in ['timestamp', 'date'] -%}
            cast({{ value }} as {{ dbt.type_timestamp() }})
        {%- elif kind == 'zoned_timestamp' -%}
            {{ utc_timestamp(value) }}
        {%- else -%}
            {{ safe_timestamp(text) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro numeric_scale(type) -%}
    {#- Decimals of a numeric type of the contract: 4 unless it says otherwise. -#}
    {{ return(type.split(',')[1].strip(') ') | int if ',' in type else 4) }}
{%- endmacro %}


{% macro with_default(column) -%}
    {#- A typed column with the default of the contract in place of null. -#}
    {%- set default = column.meta.get('default') -%}
    {%- if default is none -%}
        {{ column.name }}
    {%- elif default == 'reporting_currency' -%}
        coalesce({{ column.name }}, '{{ var("reporting_currency") }}')
    {%- else -%}
        coalesce({{ column.name }}, {{ default | string | lower }})
    {%- endif -%}
{%- endmacro %}


{% macro checked_columns(table) -%}
    {#- Names of the columns of a raw table in which something can be wrong. -#}
    {%- set names = [] -%}
    {%- for column in raw_table_contract(table).columns -%}
        {%- if column.type != 'text' or column.meta.required or column.meta.get('values')
            or column.meta.references or column.meta.needs_rate -%}
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


{% macro referenced_keys(contract, name) -%}
    {#- Select statement of the values that a referencing column may have, as referenced_key. -#}
    {%- set table = reference_of(contract, name) -%}
    {%- set key = 'currency_code' if table == 'exchange_rates' else raw_table_contract(table).key[0] -%}
    select {{ 'distinct ' if table == 'exchange_rates' }}{{ key }} as referenced_key
    from {{ ref('customer_success', 'base_' ~ table) }}
    where row_status = 'used'
    {%- if table == 'exchange_rates' %}
    union
    select '{{ var("reporting_currency") }}' as referenced_key
    {%- endif -%}
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
        {%- if meta.max is defined %}
        when {{ name }} > {{ meta.max }} then 'out_of_range'
        {%- endif %}
        {%- if meta.range_by %}
        {%- for value, range in meta.range_by.ranges.items() %}
        when {{ meta.range_by.column }} = '{{ value }}'
            and {{ name }} not between {{ range[0] }} and {{ range[1] }} then 'out_of_range'
        {%- endfor %}
        {%- endif %}
        {%- if reference_of(contract, name) %}
        when typed.{{ name }} is not null and referenced_{{ name }}.referenced_key is null
            then '{{ "missing_exchange_rate" if meta.needs_rate else "unknown_reference" }}'
        {%- endif %}
    end
{%- endmacro %}
