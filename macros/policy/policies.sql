{# The policies of dbt_project.yml as SQL: the only place where models read these vars. #}

{% macro as_of_day() -%}
    {#-
        The last day that counts as text YYYY-MM-DD: var as_of_date, else the sample's own day when
        the sample is built, else today in the reporting time zone.
    -#}
    {%- if var('as_of_date') -%}
        {{ return(var('as_of_date') | string) }}
    {%- elif var('raw_mode') == 'seeds' -%}
        {{ return(var('sample_as_of_date') | string) }}
    {%- else -%}
        {%- set zone = modules.pytz.timezone(var('reporting_timezone')) -%}
        {{ return(run_started_at.astimezone(zone).strftime('%Y-%m-%d')) }}
    {%- endif -%}
{%- endmacro %}


{% macro as_of_date() -%}
    {#- The last day that counts, SQL of type date. -#}
    cast('{{ as_of_day() }}' as date)
{%- endmacro %}


{% macro known_at(timestamp) -%}
    {#- A UTC timestamp, or null when it falls after the last day that counts. -#}
    case when {{ local_date(timestamp) }} <= {{ as_of_date() }} then {{ timestamp }} end
{%- endmacro %}


{% macro known_on(timestamp) -%}
    {#- Local date of a UTC timestamp, or null when it falls after the last day that counts. -#}
    case
        when {{ local_date(timestamp) }} <= {{ as_of_date() }} then {{ local_date(timestamp) }}
    end
{%- endmacro %}
