{#
    Periods: what each grain is, and how a day falls into it. The only list of grains is
    grain_definition(); a grain that it does not have stops the run.
#}

{% macro period_grains() -%}
    {#- Names of the grains that are reported, from fine to coarse, as a list. -#}
    {{ return(['day', 'week', 'month', 'quarter', 'fiscal_year', 'trailing_12_months']) }}
{%- endmacro %}


{% macro grain_definition(grain) -%}
    {#-
        What a grain is, as a dict: `days` or `months`, its length; `is_trailing` when its periods
        overlap, one ending with each month, instead of tiling the calendar.

        Stops the run when there is no such grain.
    -#}
    {%- set definitions = {
        'day': {'days': 1},
        'week': {'days': 7},
        'month': {'months': 1},
        'quarter': {'months': 3},
        'fiscal_year': {'months': 12},
        'trailing_12_months': {'months': 12, 'is_trailing': true},
    } -%}
    {%- if grain not in definitions -%}
        {{ exceptions.raise_compiler_error(
            "There is no period grain '" ~ grain ~ "'; define it in grain_definition(), "
            ~ 'macros/periods/periods.sql.'
        ) }}
    {%- endif -%}
    {{ return(definitions[grain]) }}
{%- endmacro %}


{% macro tiling_grains() -%}
    {#- Names of the grains that tile the calendar: every day is in one period of each. -#}
    {%- set grains = [] -%}
    {%- for grain in period_grains() if not grain_definition(grain).is_trailing -%}
        {%- do grains.append(grain) -%}
    {%- endfor -%}
    {{ return(grains) }}
{%- endmacro %}


{% macro whole_month_grains() -%}
    {#- Names of the tiling grains whose periods are made of whole months. -#}
    {%- set grains = [] -%}
    {%- for grain in tiling_grains() if grain_definition(grain).months -%}
        {%- do grains.append(grain) -%}
    {%- endfor -%}
    {{ return(grains) }}
{%- endmacro %}


{% macro period_start(grain, day) -%}
    {#-
        First day of the period of a tiling grain that holds the date `day`. Weeks start on Monday;
        quarters and fiscal years count from fiscal_year_start_month.
    -#}
    {%- set definition = grain_definition(grain) -%}
    {%- if definition.is_trailing -%}
        {{ exceptions.raise_compiler_error(
            'A day is in several periods of the grain ' ~ grain ~ '; period_start() wants a tiling one.'
        ) }}
    {%- elif definition.days == 1 -%}
        {{ day }}
    {%- elif definition.days == 7 -%}
        cast({{ dbt.date_trunc('week', day) }} as date)
    {%- elif definition.months == 1 -%}
        {{ month_start(day) }}
    {%- else -%}
        {%- set first_month = var('fiscal_year_start_month') | int - 1 -%}
        {{ add_months(
            month_start(day),
            '-mod(' ~ month_number(day) ~ ' - ' ~ first_month ~ ', ' ~ definition.months ~ ')'
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro period_end(grain, start) -%}
    {#- Last day of the period of a grain that starts on the date `start`. -#}
    {%- set definition = grain_definition(grain) -%}
    {%- if definition.days == 1 -%}
        {{ start }}
    {%- elif definition.days -%}
        {{ add_days(start, definition.days - 1) }}
    {%- else -%}
        {{ add_days(add_months(start, definition.months), -1) }}
    {%- endif -%}
{%- endmacro %}


{% macro previous_period_start(grain, start) -%}
    {#-
        First day of the period before the one that starts on the date `start`; of trailing windows,
        of the one that ends a month earlier.
    -#}
    {%- set definition = grain_definition(grain) -%}
    {%- if definition.days -%}
        {{ add_days(start, -definition.days) }}
    {%- else -%}
        {{ add_months(start, -1 if definition.is_trailing else -definition.months) }}
    {%- endif -%}
{%- endmacro %}


{% macro year_ago_period_start(grain, start) -%}
    {#-
        First day of the same period a year before the one that starts on the date `start`: 52 weeks
        for a week, so that both start on a Monday; 28 February for 29 February.
    -#}
    {%- if grain_definition(grain).days == 7 -%}
        {{ add_days(start, -364) }}
    {%- else -%}
        {{ add_months(start, -12) }}
    {%- endif -%}
{%- endmacro %}


{% macro period_label(grain, start, end) -%}
    {#-
        Name of the period of a grain that starts and ends on the dates `start` and `end`, such as
        2025-W14 or FY2025 Q1.

        Stops the run for a grain without a rule for its names.
    -#}
    {%- if grain == 'day' -%}
        cast({{ start }} as {{ dbt.type_string() }})
    {%- elif grain == 'week' -%}
        {{ iso_week_label(start) }}
    {%- elif grain == 'month' -%}
        {{ month_label(start) }}
    {%- elif grain == 'quarter' -%}
        {{ fiscal_quarter_label(start) }}
    {%- elif grain == 'fiscal_year' -%}
        {{ fiscal_year_label(start) }}
    {%- elif grain_definition(grain).is_trailing -%}
        {{ month_label(start) }} || '..' || {{ month_label(end) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            'Periods of the grain ' ~ grain ~ ' have no label; add one to period_label(), '
            ~ 'macros/periods/periods.sql.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro fiscal_year(day) -%}
    {#- Calendar year in which the fiscal year that holds the date `day` starts, as an integer. -#}
    cast(extract(year from {{ period_start('fiscal_year', day) }}) as integer)
{%- endmacro %}


{% macro fiscal_year_label(day) -%}
    {#- Name of the fiscal year that holds the date `day`, such as FY2025. -#}
    'FY' || cast({{ fiscal_year(day) }} as {{ dbt.type_string() }})
{%- endmacro %}


{% macro fiscal_quarter_label(day) -%}
    {#- Name of the fiscal quarter that holds the date `day`, such as FY2025 Q1. -#}
    {{ fiscal_year_label(day) }} || case {{ month_number(day) }} - {{ month_number(period_start('fiscal_year', day)) }}
        {%- for month in range(12) %}
        when {{ month }} then ' Q{{ month // 3 + 1 }}'
        {%- endfor %}
    end
{%- endmacro %}


{% macro month_label(day) -%}
    {#- Month of the date `day` as YYYY-MM. -#}
    substr(cast({{ day }} as {{ dbt.type_string() }}), 1, 7)
{%- endmacro %}
