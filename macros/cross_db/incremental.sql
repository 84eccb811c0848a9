{# How tables are computed by partition: what differs between engines. #}

{% macro incremental_by_partition(partition) -%}
    {#- Strategy by which whole partitions are replaced: a dict for config(). -#}
    {{ return(adapter.dispatch('incremental_by_partition', 'customer_success')(partition)) }}
{%- endmacro %}

{% macro default__incremental_by_partition(partition) -%}
    {{ return({'incremental_strategy': 'delete+insert', 'unique_key': partition}) }}
{%- endmacro %}

{% macro spark__incremental_by_partition(partition) -%}
    {{ return({'incremental_strategy': 'insert_overwrite', 'partition_by': partition}) }}
{%- endmacro %}


{% macro default__drop_rows_of_vanished_partitions(partition, partitions) -%}
    delete from {{ this }}
    where {{ partition }} not in (select {{ partition }} from {{ partitions }})
{%- endmacro %}

{% macro spark__drop_rows_of_vanished_partitions(partition, partitions) -%}
    {#- Parquet tables do not support DELETE, but a partition can be dropped. -#}
    {%- set vanished = run_query(
        'select distinct ' ~ partition ~ ' from ' ~ this ~ ' where ' ~ partition ~ ' not in (select '
        ~ partition ~ ' from ' ~ partitions ~ ')'
    ) -%}
    {%- for value in vanished.columns[0].values() -%}
        {%- do run_query(
            'alter table ' ~ this ~ ' drop if exists partition (' ~ partition ~ " = '" ~ value ~ "')"
        ) -%}
    {%- endfor -%}
{%- endmacro %}
