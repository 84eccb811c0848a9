{#
    From what is counted to the rows of a kpi_ mart. Each source is a CTE with period_grain,
    period_start, segment_type, segment_value and what it counts.
#}

{% macro period_totals(daily_totals, day, measures) -%}
    {#-
        Select statement: counts by day and segment as counts by period and segment; days for all
        only. Reads a CTE period_days (int_period_days).

        daily_totals: name of a CTE; day: its date column; measures: list of columns to add up.
    -#}
    select
        period_days.period_grain,
        period_days.period_start,
        {{ daily_totals }}.segment_type,
        {{ daily_totals }}.segment_value,
        {%- for measure in measures %}
        sum({{ daily_totals }}.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ daily_totals }}
    inner join period_days
        on {{ daily_totals }}.{{ day }} = period_days.day_on
            and (period_days.period_grain <> 'day' or {{ daily_totals }}.segment_type = 'all')
    group by 1, 2, 3, 4
{%- endmacro %}


{% macro kpi_keys(sources) -%}
    {#-
        Select statement: every period with segment all, and every period and segment value of the
        sources. Reads a CTE periods (int_periods, all grains of the mart).

        sources: list of CTE names.
    -#}
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        closing_on,
        'all' as segment_type,
        'all' as segment_value
    from periods
    {%- for source in sources %}
    union
    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.closing_on,
        {{ source }}.segment_type,
        {{ source }}.segment_value
    from {{ source }}
    inner join periods
        on {{ source }}.period_grain = periods.period_grain
            and {{ source }}.period_start = periods.period_start
            and (periods.period_grain <> 'day' or {{ source }}.segment_type = 'all')
    {%- endfor %}
{%- endmacro %}


{% macro join_kpi_sources(sources) -%}
    {#- Joins of the sources (list of CTE names) to a CTE keys, the rows of kpi_keys(). -#}
    {%- for source in sources %}
    left join {{ source }}
        on keys.period_grain = {{ source }}.period_grain
            and keys.period_start = {{ source }}.period_start
            and keys.segment_type = {{ source }}.segment_type
            and keys.segment_value = {{ source }}.segment_value
    {%- endfor %}
{%- endmacro %}


{% macro is_counted(counts) -%}
    {#- Whether a row of a kpi_ mart is kept: all in every period, others where some count is not 0. -#}
    segment_type = 'all'
    {%- for count in counts %} or {{ count }} <> 0 {%- endfor %}
{%- endmacro %}


{% macro known_count(count, tables) -%}
    {#-
        A count as an integer, 0 where nothing was counted, null where none of the raw tables that it
        needs was landed: nobody knows then.

        count: SQL; tables: list of raw tables, any of which will do.
    -#}
    cast({{ 'coalesce(' ~ count ~ ', 0)' if landed_tables(tables) else 'null' }} as integer)
{%- endmacro %}
