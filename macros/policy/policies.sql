{# The policies of dbt_project.yml as SQL: the only place where models read these vars. #}

{% macro as_of_day() -%}
    {#-
        The as-of date, the last day reported, as text YYYY-MM-DD: var as_of_date, else the sample's
        own date when the sample is built, else today in the reporting time zone.
    -#}
    {%- if not execute -%}
        {#- vars are checked only when the run starts; until then any day will do -#}
        {{ return('0001-01-01') }}
    {%- elif var('as_of_date') -%}
        {{ return(var('as_of_date') | string) }}
    {%- elif raw_mode() == 'seeds' -%}
        {{ return(var('sample_as_of_date') | string) }}
    {%- else -%}
        {%- set zone = modules.pytz.timezone(var('reporting_timezone')) -%}
        {{ return(run_started_at.astimezone(zone).strftime('%Y-%m-%d')) }}
    {%- endif -%}
{%- endmacro %}


{% macro as_of_date() -%}
    {#- The as-of date, SQL of type date. -#}
    cast('{{ as_of_day() }}' as date)
{%- endmacro %}


{% macro as_of_instant() -%}
    {#-
        The first moment after the as-of date, as a UTC timestamp. Comparing timestamps
        with it is cheaper than turning each into a local date.
    -#}
    {%- if not execute -%}
        {{ return('cast(null as ' ~ dbt.type_timestamp() ~ ')') }}
    {%- endif -%}
    {%- set zone = modules.pytz.timezone(var('reporting_timezone')) -%}
    {%- set midnight = modules.datetime.datetime.strptime(as_of_day(), '%Y-%m-%d')
        + modules.datetime.timedelta(days=1) -%}
    {#- midnight may come twice, then the first counts, or not at all, then the clock is put forward -#}
    {%- set first = zone.localize(midnight, is_dst=true) -%}
    {%- if zone.normalize(first).date() < midnight.date() -%}
        {%- set first = zone.localize(midnight, is_dst=false) -%}
    {%- endif -%}
    cast('{{ first.astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}


{% macro is_by_as_of(timestamp) -%}
    {#- Whether a UTC timestamp falls on or before the as-of date. -#}
    {{ timestamp }} < {{ as_of_instant() }}
{%- endmacro %}


{% macro timestamp_by_as_of(timestamp) -%}
    {#- A UTC timestamp, or null when it falls after the as-of date. -#}
    case when {{ is_by_as_of(timestamp) }} then {{ timestamp }} end
{%- endmacro %}


{% macro date_by_as_of(timestamp) -%}
    {#- Local date of a UTC timestamp, or null when it falls after the as-of date. -#}
    case when {{ is_by_as_of(timestamp) }} then {{ local_date(timestamp) }} end
{%- endmacro %}


{% macro policy_text(name) -%}
    {#- Value of the policy `name` as SQL text; null where it is not set, lists with commas. -#}
    {%- set value = raw_mode() if name == 'raw_mode' else var(name) -%}
    {%- if value is none -%}
        cast(null as {{ dbt.type_string() }})
    {%- elif value is string or value is not iterable -%}
        '{{ value }}'
    {%- elif value is mapping -%}
        {%- set parts = [] -%}
        {%- for key, part in value | dictsort -%}
            {%- do parts.append(key ~ ': ' ~ part) -%}
        {%- endfor -%}
        '{{ parts | join(", ") }}'
    {%- else -%}
        '{{ value | join(", ") }}'
    {%- endif -%}
{%- endmacro %}


{% macro root_models(name) -%}
    {#-
        A var that names models of the root project in place of something: raw_refs, config_refs.

        name: the var, a mapping of names to models; a model of another package is written
        package.model. Returns a dict of [package, model]; empty when the var is no mapping, which
        policy_problems() reports.
    -#}
    {%- set models = {} -%}
    {%- if var(name) is mapping -%}
        {%- for key, model in var(name).items() if model -%}
            {%- set path = (model | string).split('.') -%}
            {%- do models.update({key: path if path | length == 2 else [project_name, path[0]]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(models) }}
{%- endmacro %}
