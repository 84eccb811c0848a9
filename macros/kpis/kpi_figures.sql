{# From the kpi_ marts to one long table, by the catalogue. #}

{% macro kpi_marts() -%}
    {#- The marts that the KPI catalogue may name, as a dict: each with the grains that it has. -#}
    {{ return({
        'kpi_revenue_retention': period_grains(),
        'kpi_renewal': period_grains(),
        'kpi_growth': period_grains(),
        'kpi_ltv': whole_month_grains(),
        'kpi_repeat': period_grains(),
        'kpi_onboarding': period_grains(),
        'kpi_engagement': period_grains(),
        'kpi_health': whole_month_grains(),
        'kpi_nps': period_grains(),
        'kpi_support': period_grains(),
    }) }}
{%- endmacro %}


{% macro is_grain_of(mart) -%}
    {#- Whether the column period_grain holds a grain of a mart. mart: its name. -#}
    period_grain in ('{{ kpi_marts()[mart] | join("', '") }}')
{%- endmacro %}


{% macro kpi_mart_figures(mart) -%}
    {#- Names of a mart's columns with figures, by its contract, as a list. mart: its name. -#}
    {%- set figures = [] -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.customer_success.' ~ mart] -%}
        {%- for column in node.columns.values()
            if column.data_type in ['integer', 'double', 'double precision']
                or column.data_type.startswith('numeric') -%}
            {%- do figures.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(figures) }}
{%- endmacro %}


{% macro kpi_figures(kpis, mart, relation) -%}
    {#-
        Select statement: kpi_code, period_grain, period_start, period_end, is_complete,
        segment_type, segment_value, numerator, denominator, value (doubles); a row per KPI of a mart
        and row of the mart. The catalogue says which columns these are.

        kpis: name of a CTE with the rows of dim_kpis; mart: name of the mart; relation: the mart.
    -#}
    select
        {{ kpis }}.kpi_code,
        {{ mart }}.period_grain,
        {{ mart }}.period_start,
        {{ mart }}.period_end,
        {{ mart }}.is_complete,
        {{ mart }}.segment_type,
        {{ mart }}.segment_value,
        {%- for figure in ['numerator', 'denominator', 'value'] %}
        cast(case {{ kpis }}.{{ figure }}_column
            {%- for column in kpi_mart_figures(mart) %}
            when '{{ column }}' then {{ mart }}.{{ column }}
            {%- endfor %}
        end as {{ type_double() }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as {{ mart }}
    inner join {{ kpis }} on {{ kpis }}.mart_name = '{{ mart }}'
{%- endmacro %}
