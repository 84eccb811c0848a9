{# Periods: what each grain is, and how a day falls into it. #}

{% macro period_grains() -%}
    {#- The six grains; all but trailing_12_months tile the calendar. -#}
    {{ return(['day', 'week', 'month', 'quarter', 'fiscal_year', 'trailing_12_months']) }}
{%- endmacro %}


{% macro period_start(grain, day) -%}
    {#-
        First day of the period of a tiling grain that holds the date `day`. Quarters and fiscal
        years count from fiscal_year_start_month. Weeks start on Monday.
    -#}
    {%- if grain == 'day' -%}
        {{ day }}
    {%- elif grain == 'week' -%}
        cast({{ dbt.date_trunc('week', day) }} as date)
    {%- elif grain == 'month' -%}
        {{ month_start(day) }}
    {%- else -%}
        {%- set months = 3 if grain == 'quarter' else 12 -%}
        {%- set first_month = var('fiscal_year_start_month') | int - 1 -%}
        {{ add_months(
            month_start(day), '-mod(' ~ month_number(day) ~ ' - ' ~ first_month ~ ', ' ~ months ~ ')'
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro period_end(grain, start) -%}
    {#- Last day of the period of a grain that starts on the date `start`. -#}
    {%- if grain == 'day' -%}
        {{ start }}
    {%- elif grain == 'week' -%}
        {{ add_days(start, 6) }}
    {%- else -%}
        {%- set months = {'month': 1, 'quarter': 3}.get(grain, 12) -%}
        {{ add_days(add_months(start, months), -1) }}
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


{% macro previous_period_start(grain, start) -%}
    {#- First day of the period before the one that starts on the date `start`. -#}
    {%- if grain == 'day' -%}
        {{ add_days(start, -1) }}
    {%- elif grain == 'week' -%}
        {{ add_days(start, -7) }}
    {%- else -%}
        {{ add_months(start, {'quarter': -3, 'fiscal_year': -12}.get(grain, -1)) }}
    {%- endif -%}
{%- endmacro %}


{% macro year_ago_period_start(grain, start) -%}
    {#-
        First day of the same period a year before the one that starts on the date `start`: 52 weeks
        for a week, so that both start on a Monday; 28 February for 29 February.
    -#}
    {%- if grain == 'week' -%}
        {{ add_days(start, -364) }}
    {%- else -%}
        {{ add_months(start, -12) }}
    {%- endif -%}
{%- endmacro %}
