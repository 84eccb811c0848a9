{# What a run says at its end. #}

{% macro report_run(results) -%}
    {#- Hook at the end of a run: what readers of its figures should know. results: of dbt. -#}
    {%- if execute -%}
        {%- do report_rejected_rows(results) -%}
        {%- do report_merged_values(results) -%}
        {%- do report_bounded_start(results) -%}
    {%- endif -%}
{%- endmacro %}


{% macro built_relation(results, model) -%}
    {#- Relation of a model of this project that the run wrote; none if it did not. -#}
    {%- set written = results
        | selectattr('node.unique_id', 'equalto', 'model.customer_success.' ~ model)
        | selectattr('status', 'equalto', 'success') | list -%}
    {{ return(api.Relation.create(
        database=written[0].node.database, schema=written[0].node.schema,
        identifier=written[0].node.alias,
    ) if written else none) }}
{%- endmacro %}


{% macro report_rejected_rows(results) -%}
    {#-
        Hook at the end of a run that wrote rpt_raw_reconciliation: says, per table with rejected
        rows, how many there are and whether that is beyond max_rejected_share.
    -#}
    {%- set relation = built_relation(results, 'rpt_raw_reconciliation') -%}
    {%- if relation -%}
        {%- for row in run_query(
            'select table_name, raw_rows, rejected_rows, '
            ~ 'case when ' ~ is_beyond_limit('raw_rows', 'rejected_rows') ~ ' then 1 else 0 end from '
            ~ relation ~ ' where rejected_rows > 0 order by table_name'
        ).rows -%}
            {%- do log(said(
                own_language(), 'too_many_rejected' if row[3] else 'some_rejected', table=row[0],
                rejected=row[2], raw=row[1], share='%.1f' | format(100 * row[2] / row[1]),
                limit=var('max_rejected_share')
            ), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro report_merged_values(results) -%}
    {#- Says, per segment type with more than max_segment_values, how many are put together. -#}
    {%- for model in ['int_merged_segment_values', 'int_merged_ticket_values'] -%}
        {%- set relation = built_relation(results, model) -%}
        {%- if relation -%}
            {%- for row in run_query(
                'select segment_type, count(*) from ' ~ relation
                ~ ' group by segment_type order by segment_type'
            ).rows -%}
                {%- do log(said(
                    own_language(), 'merged_values', merged=row[1], type=row[0],
                    values=row[1] + var('max_segment_values') | int, limit=var('max_segment_values')
                ), info=true) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{% macro report_bounded_start(results) -%}
    {#- Says when something began before the first day that is reported by max_reporting_years. -#}
    {%- set relation = built_relation(results, 'int_reporting_start') -%}
    {%- if relation and not var('reporting_start_date') -%}
        {%- for row in run_query(
            'select ' ~ day_text('starts_on') ~ ', ' ~ day_text('earliest_on') ~ ' from '
            ~ relation ~ ' where earliest_on < starts_on'
        ).rows -%}
            {%- do log(said(
                own_language(), 'bounded_start', day=row[0], earliest=row[1],
                years=var('max_reporting_years')
            ), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
