{% macro rows_hash(columns) -%}
    {#-
        Aggregate: a text that is the same for two sets of rows only if they hold the same values, in
        whatever order and null or not. Good for telling whether rows changed between two builds on
        one engine; engines do not agree on it.

        columns: list of column names.
    -#}
    cast(count(*) as {{ dbt.type_string() }}) || ':'
    || cast(sum({{ row_hash(columns) }}) as {{ dbt.type_string() }})
{%- endmacro %}


{% macro row_hash(columns) -%}
    {#- A whole number for a row, whose sum over rows does not overflow. columns: list of names. -#}
    {{ return(adapter.dispatch('row_hash')(columns)) }}
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro postgres__row_hash(columns) -%}
    hash_record_extended(row({{ columns | join(', ') }}), 0)
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}


{% macro hashes_of_days(days, day, spans) -%}
    {#-
        Select statement: for each day a whole number that is the same in two builds only if what
        speaks on the day is the same. What had ceased to speak before, and when what still speaks
        will cease, is not in it, so that later news leave it as it was.

        days: CTE with the date column `day`; spans: CTE with from_on and last_on (null: for good),
        the days on which a row speaks, and with row_hash, the hash of what it says. Returns `day`
        and day_hash.
    -#}
    select
        {{ days }}.{{ day }},
        sum(turns.hash_change) as day_hash
    from {{ days }}
    inner join (
        select
            from_on as turned_on,
            sum(row_hash) as hash_change
        from {{ spans }}
        group by from_on
        union all
        select
            {{ add_days('last_on', 1) }} as turned_on,
            -sum(row_hash) as hash_change
        from {{ spans }}
        where last_on is not null
        group by last_on
    ) as turns on {{ days }}.{{ day }} >= turns.turned_on
    group by {{ days }}.{{ day }}
{%- endmacro %}
