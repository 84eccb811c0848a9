{# Incremental tables that are computed by whole parts (weeks, say): what differs between engines. #}

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
