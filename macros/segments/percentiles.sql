{% macro period_percentiles(relation, day, value, percentiles) -%}
    {#-
        Select statement: percentiles of a value by period and segment. They do not add up, so every
        period takes its own from all values, which the engine keeps in memory while it does: one
        value a model. Reads a CTE period_days (int_period_days).

        relation: name of a CTE with the segment columns; day: its date column; value: SQL of the
        value, null where there is none; percentiles: column name → share from 0 to 1.
    -#}
    select
        period_grain,
        period_start,
        segment_type,
        segment_value,
        {%- for name in percentiles %}
        {{ array_item('percentiles', loop.index) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            period_days.period_grain,
            period_days.period_start,
            {{ segment_type() }} as segment_type,
            {{ segment_value() }} as segment_value,
            {{ percentiles_of(value, percentiles.values() | list) }} as percentiles
        from {{ relation }}
        inner join period_days on {{ relation }}.{{ day }} = period_days.day_on
        where {{ value }} is not null
        group by {{ segment_sets(['period_grain', 'period_start']) }}  -- noqa: PRS
    ) as by_segment
{%- endmacro %}
