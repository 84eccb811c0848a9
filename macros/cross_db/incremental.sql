{# Incremental tables that are computed by whole parts (weeks, say): what differs between engines. #}

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
