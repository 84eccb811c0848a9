{#
    The rows of a kpi_ mart. Each source is a CTE with period_grain, period_start, segment_type,
    segment_value and what it counts.
#}

{% macro kpi_keys(periods, sources) -%}
    {#-
        Select statement: every period with segment all, and every period and segment value of the
        sources.

        periods: name of a CTE with the rows of dim_periods, all grains of the mart; sources: list of
        CTE names.
    -#}
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        closing_on,
        'all' as segment_type,
        'all' as segment_value
    from {{ periods }}
    {%- for source in sources %}
    union
    select
        {{ periods }}.period_grain,
        {{ periods }}.period_start,
        {{ periods }}.period_end,
        {{ periods }}.is_complete,
        {{ periods }}.closing_on,
        {{ source }}.segment_type,
        {{ source }}.segment_value
    from {{ source }}
    inner join {{ periods }}
        on {{ source }}.period_grain = {{ periods }}.period_grain
            and {{ source }}.period_start = {{ periods }}.period_start
            and ({{ periods }}.period_grain <> 'day' or {{ source }}.segment_type = 'all')
    {%- endfor %}
{%- endmacro %}


{% macro join_kpi_sources(keys, sources) -%}
    {#- Left joins of the sources (list of CTE names) to the rows of kpi_keys(), a CTE `keys`. -#}
    {%- for source in sources %}
    left join {{ source }}
        on {{ keys }}.period_grain = {{ source }}.period_grain
            and {{ keys }}.period_start = {{ source }}.period_start
            and {{ keys }}.segment_type = {{ source }}.segment_type
            and {{ keys }}.segment_value = {{ source }}.segment_value
    {%- endfor %}
{%- endmacro %}


{% macro has_activity(counts) -%}
    {#- Whether a row of a kpi_ mart is kept: all in every period, others where some count is not 0. -#}
    segment_type = 'all'
    {%- for count in counts %} or {{ count }} <> 0 {%- endfor %}
{%- endmacro %}


{% macro count_or_zero(count) -%}
    {#- A count as an integer, 0 where nothing was counted. count: SQL. -#}
    cast(coalesce({{ count }}, 0) as integer)
{%- endmacro %}


{% macro amount_or_zero(amount) -%}
    {#- An amount as numeric(18,4), 0 where there is none. amount: SQL. -#}
    cast(coalesce({{ amount }}, 0) as numeric(18, 4))
{%- endmacro %}


{% macro count_or_null(count, tables) -%}
    {#-
        As count_or_zero(), but null where none of the raw tables that it needs was landed: then the
        count is unknown.

        count: SQL; tables: list of raw tables, any of which will do.
    -#}
    {%- if landed_tables(tables) -%}
        {{ count_or_zero(count) }}
    {%- else -%}
        cast(null as integer)
    {%- endif -%}
{%- endmacro %}
