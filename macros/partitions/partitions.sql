{#
    Incremental tables that are computed by whole partitions (weeks, months). A partition has a hash of
    all that it is computed from: where the hash has changed since it was computed, the partition is
    computed again. The hash of each partition stands in a model of its own (int_…_partitions), and
    with every row of the table.
#}

{% macro computed_by_partition(partition, partitions) -%}
    {#-
        Configuration of such a table: a dict for config().

        partition: column that it is computed by; partitions: name of the model with one row per
        partition, in a column of the same name.
    -#}
    {%- set config = {
        'materialized': 'incremental',
        'on_schema_change': 'fail',
        'pre_hook': "{{ drop_vanished_partitions('" ~ partition ~ "', ref('customer_success', '"
            ~ partitions ~ "')) }}",
    } -%}
    {%- do config.update(incremental_by_partition(partition)) -%}
    {{ return(config) }}
{%- endmacro %}


{% macro changed_partitions(partitions, partition, hash) -%}
    {#-
        Select statement of the partitions to compute, one row each: all of them on a full build, and
        otherwise those that are new or whose hash has changed.

        partitions: CTE with one row per partition; partition: its column that the table is computed
        by; hash: its column with the hash of all that a partition is computed from. The table itself
        has both columns.
    -#}
    select
        {{ partitions }}.{{ partition }},
        {{ partitions }}.{{ hash }}
    from {{ partitions }}
    {%- if is_incremental() %}
    left join (
        select distinct
            {{ partition }},
            {{ hash }}
        from {{ this }}
    ) as computed
        on {{ partitions }}.{{ partition }} = computed.{{ partition }}
            and {{ partitions }}.{{ hash }} = computed.{{ hash }}
    where computed.{{ partition }} is null
    {%- endif %}
{%- endmacro %}


{% macro hashes_of_days(days, day, spans) -%}
    {#-
        Select statement: for each day a whole number that is the same in two builds only if the rows
        that are valid on the day are the same. Expired rows and future expiry dates are left out, so
        that later changes do not alter the hash.

        days: CTE with the date column `day`; spans: CTE with from_on and last_on (null: for good),
        the days on which a row is valid, and with row_hash, the hash of its contents. Returns `day`
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


{% macro drop_vanished_partitions(partition, partitions) -%}
    {#-
        Hook before an incremental model: takes out the rows of partitions that no longer exist.

        partition: column that the table is computed by; partitions: relation with one row per
        partition, in a column of the same name.
    -#}
    {%- if execute and is_incremental() -%}
        {{ return(adapter.dispatch('drop_rows_of_vanished_partitions', 'customer_success')(partition, partitions)) }}
    {%- endif -%}
{%- endmacro %}
