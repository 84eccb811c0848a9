{#
    Incremental tables that are computed by whole parts (weeks, months), each engine in its way. A part
    has a hash of all that it is computed from: where it is another one than the part was computed
    with, the part is computed again.
#}

{% macro computed_by_parts(part, parts) -%}
    {#-
        Configuration of such a table: a dict for config().

        part: column that it is computed by; parts: name of the model with one row per part, in a
        column of the same name.
    -#}
    {%- set is_spark = target.type == 'spark' -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'insert_overwrite' if is_spark else 'delete+insert',
        'unique_key': none if is_spark else part,
        'partition_by': part if is_spark else none,
        'on_schema_change': 'fail',
        'pre_hook': "{{ drop_vanished('" ~ part ~ "', ref('" ~ parts ~ "')) }}",
    }) }}
{%- endmacro %}


{% macro changed_parts(parts, part, hash) -%}
    {#-
        Select statement of the parts to compute, one row each: all of them on a full build, and
        otherwise those that are new or whose hash is another one than they were computed with.

        parts: CTE with one row per part that is there; part: its column that the table is computed
        by; hash: its column with the hash of all that a part is computed from. The table itself has
        both columns.
    -#}
    select
        {{ parts }}.{{ part }},
        {{ parts }}.{{ hash }}
    from {{ parts }}
    {%- if is_incremental() %}
    left join (
        select distinct
            {{ part }},
            {{ hash }}
        from {{ this }}
    ) as computed
        on {{ parts }}.{{ part }} = computed.{{ part }}
            and {{ parts }}.{{ hash }} = computed.{{ hash }}
    where computed.{{ part }} is null
    {%- endif %}
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


{% macro drop_vanished(part, parts) -%}
    {#-
        Hook before an incremental model: takes out the rows of parts that are there no more.

        part: column that the table is computed by; parts: relation with one row per part that is
        there, in a column of the same name.
    -#}
    {%- if execute and is_incremental() -%}
        {{ return(adapter.dispatch('drop_vanished')(part, parts)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__drop_vanished(part, parts) -%}
    delete from {{ this }}
    where {{ part }} not in (select {{ part }} from {{ parts }})
{%- endmacro %}

{% macro spark__drop_vanished(part, parts) -%}
    {#- Files know no delete; a partition can be dropped. -#}
    {%- set vanished = run_query(
        'select distinct ' ~ part ~ ' from ' ~ this ~ ' where ' ~ part ~ ' not in (select ' ~ part
        ~ ' from ' ~ parts ~ ')'
    ) -%}
    {%- for value in vanished.columns[0].values() -%}
        {%- do run_query(
            'alter table ' ~ this ~ ' drop if exists partition (' ~ part ~ " = '" ~ value ~ "')"
        ) -%}
    {%- endfor -%}
{%- endmacro %}
