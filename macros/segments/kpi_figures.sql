{# From the kpi_ marts to one long table, by the catalogue. #}

{% macro kpi_marts() -%}
    {#- The marts that the KPI catalogue may name. -#}
    {{ return([
        'kpi_revenue_retention', 'kpi_renewal', 'kpi_growth', 'kpi_ltv', 'kpi_repeat',
        'kpi_onboarding', 'kpi_engagement', 'kpi_health', 'kpi_nps', 'kpi_support',
    ]) }}
{%- endmacro %}


{% macro kpi_mart_figures(mart) -%}
    {#- Names of a mart's columns with figures, by its contract, as a list. mart: its name. -#}
    {%- set figures = [] -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ mart] -%}
        {%- for column in node.columns.values()
            if column.data_type in ['integer', 'double', 'double precision']
                or column.data_type.startswith('numeric') -%}
            {%- do figures.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(figures) }}
{%- endmacro %}


{% macro kpi_figures(kpis) -%}
    {#-
        Select statement: kpi_code, period_grain, period_start, period_end, is_complete,
        segment_type, segment_value, numerator, denominator, value (doubles); a row per KPI and row
        of its mart. The catalogue says which columns these are.

        kpis: name of a CTE with the rows of dim_kpis.
    -#}
    {%- for mart in kpi_marts() %}
    {%- set relation = ref(mart) %}
    select
        {{ kpis }}.kpi_code,
        {%- for column in [
            'period_grain', 'period_start', 'period_end', 'is_complete', 'segment_type', 'segment_value',
        ] %}
        mart.{{ column }},
        {%- endfor %}
        {%- for figure in ['numerator', 'denominator', 'value'] %}
        cast(case {{ kpis }}.{{ figure }}_column
            {%- for column in kpi_mart_figures(mart) %}
            when '{{ column }}' then mart.{{ column }}
            {%- endfor %}
        end as {{ type_double() }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as mart
    inner join {{ kpis }} on {{ kpis }}.mart_name = '{{ mart }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
