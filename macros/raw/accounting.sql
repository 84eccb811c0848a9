{# The account of raw rows: which were rejected and why, and how many of each status there are. #}

{% macro rejections(table, base) -%}
    {#-
        Select statement with a row per rejected raw row, reason and column: table_name, row_key,
        reason, column_name, bad_value, loaded_at. column_name is empty for inconsistent rows.

        table: name in the raw contract; base: its base model.
    -#}
    select
        '{{ table }}' as table_name,
        rejected.row_key,
        case columns_checked.column_name
            {%- for name in checked_columns(table) %}
            when '{{ name }}' then rejected.{{ name }}_reason
            {%- endfor %}
            else rejected.inconsistent_reason
        end as reason,
        columns_checked.column_name,
        case columns_checked.column_name
            {%- for name in checked_columns(table) %}
            when '{{ name }}' then rejected.{{ name }}_bad_value
            {%- endfor %}
        end as bad_value,
        rejected.loaded_at
    from {{ base }} as rejected
    cross join (
        {%- for name in checked_columns(table) %}
        select '{{ name }}' as column_name union all
        {%- endfor %}
        select '' as column_name
    ) as columns_checked
    where rejected.row_status = 'rejected'
{%- endmacro %}


{% macro row_counts(table, base) -%}
    {#-
        Select statement of one row: how many raw rows of a table have which status.

        table: name in the raw contract; base: its base model.
    -#}
    select
        '{{ table }}' as table_name,
        {{ 'true' if raw_table_is_present(table) else 'false' }} as is_present,
        count(*) as raw_rows,
        {%- for status in ['used', 'superseded', 'deleted', 'rejected'] %}
        coalesce(sum(case when row_status = '{{ status }}' then 1 else 0 end), 0)
            as {{ status }}_rows{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ base }}
{%- endmacro %}


{% macro report_rejected_rows(results) -%}
    {#-
        Hook at the end of a run that wrote rpt_raw_reconciliation: says, per table with rejected
        rows, how many there are and whether that is beyond max_rejected_share.
    -#}
    {%- set written = results
        | selectattr('node.name', 'equalto', 'rpt_raw_reconciliation')
        | selectattr('status', 'equalto', 'success') | list -%}
    {%- if execute and written -%}
        {%- set relation = api.Relation.create(
            database=written[0].node.database, schema=written[0].node.schema,
            identifier=written[0].node.alias,
        ) -%}
        {%- set limit = var('max_rejected_share') | float -%}
        {%- for row in run_query(
            'select table_name, raw_rows, rejected_rows from ' ~ relation
            ~ ' where rejected_rows > 0 order by table_name'
        ).rows -%}
            {%- set share = row[2] / row[1] -%}
            {%- do log(
                'Rejected: ' ~ row[2] ~ ' of ' ~ row[1] ~ ' rows of ' ~ row[0]
                ~ ' (' ~ '%.1f' | format(100 * share) ~ ' %); why: fct_rejected_rows.'
                ~ (' More than max_rejected_share (' ~ limit ~ '): the build fails. Mend the rows, or '
                    ~ 'allow more with the var.' if share > limit else ''),
                info=true
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
