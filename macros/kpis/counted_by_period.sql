{#
    From facts to what a kpi_ mart counts, by period and segment. Counting goes by day first, so that
    six grains cost about as much as one. Every relation is an argument: the name of a CTE.
#}

{% macro counted_by_period(
    relation, day, measures, segments, period_days, segmented_on=none, or_nobody=false, further=[]
) -%}
    {#-
        Select statement: period_grain, period_start, segment_type, segment_value and the measures;
        a row for each period and segment value in which something is counted, days for all only.

        relation: what is counted, a row each, with customer_id and the date column `day`; measures:
        dict of column to an aggregate of its columns that adds up over days, such as count(*);
        segments: the rows of int_segments_by_day, none where the relation has segments already
        (in_segments()); period_days: the rows of int_period_days;
        segmented_on: the date column on which segments are looked up, where it is not `day`;
        or_nobody: whether things without a customer are counted, too, in all and under (none);
        further: segment types of the relation's own, as in segment_sets().
    -#}
    {%- set counted_by_day -%}
    (
        select
            {{ day }},
            {{ segment_type(further) }} as segment_type,
            {{ segment_value(further) }} as segment_value,
            {%- for measure, aggregate in measures.items() %}
            {{ aggregate }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {% if segments -%} (
            {{ in_segments(relation, segmented_on or day, ['*'], segments, or_nobody) | indent(8) }}
        ) as segmented
        {%- else -%} {{ relation }} {%- endif %}
        group by {{ segment_sets([day], further) }}
    )
    {%- endset -%}
    {{ totals_by_period(counted_by_day, day, measures.keys() | list, period_days) }}
{%- endmacro %}


{% macro totals_by_period(daily_totals, day, measures, period_days) -%}
    {#-
        Select statement: period_grain, period_start, segment_type, segment_value and the sums of the
        measures; days for all only.

        daily_totals: totals by day and segment; day: their date column; measures: list of columns to
        add up; period_days: the rows of int_period_days.
    -#}
    select
        {{ period_days }}.period_grain,
        {{ period_days }}.period_start,
        by_day.segment_type,
        by_day.segment_value,
        {%- for measure in measures %}
        sum(by_day.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ daily_totals }} as by_day
    inner join {{ period_days }}
        on by_day.{{ day }} = {{ period_days }}.day_on
            and ({{ period_days }}.period_grain <> 'day' or by_day.segment_type = 'all')
    group by 1, 2, 3, 4
{%- endmacro %}


{% macro count_where(condition) -%}
    {#- Aggregate: how many rows meet a condition, 0 where none does. -#}
    sum(case when {{ condition }} then 1 else 0 end)
{%- endmacro %}


{% macro percentiles_by_period(relation, day, value, percentiles, period_days, further=[]) -%}
    {#-
        Select statement: period_grain, period_start, segment_type, segment_value and percentiles of a
        value. They do not add up, so every period takes its own from all values, which the engine
        keeps in memory while it does: one value a model.

        relation: the rows of in_segments() with the date column `day`; value: SQL of the value, null
        where there is none; percentiles: dict of column to share from 0 to 1; period_days: the rows
        of int_period_days; further: as in segment_sets().
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
            {{ period_days }}.period_grain,
            {{ period_days }}.period_start,
            {{ segment_type(further) }} as segment_type,
            {{ segment_value(further) }} as segment_value,
            {{ percentiles_of(value, percentiles.values() | list) }} as percentiles
        from {{ relation }}
        inner join {{ period_days }} on {{ relation }}.{{ day }} = {{ period_days }}.day_on
        where {{ value }} is not null
        group by {{ segment_sets(['period_grain', 'period_start'], further) }}
    ) as by_segment
{%- endmacro %}


{% macro running_totals(changes, measures, days) -%}
    {#-
        Select statement with a row per segment value and reported day: segment_type, segment_value,
        day_on and, for each measure, the sum of its changes up to that day. The first day carries
        everything before it.

        changes: rows with segment_type, segment_value, changed_on and a signed amount per measure;
        measures: list of their names; days: the rows of int_reporting_days.
    -#}
    select
        segments.segment_type,
        segments.segment_value,
        {{ days }}.day_on,
        {%- for measure in measures %}
        sum(coalesce(changes_by_day.{{ measure }}, 0)) over (
            partition by segments.segment_type, segments.segment_value order by {{ days }}.day_on
            rows between unbounded preceding and current row
        ) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select distinct
            segment_type,
            segment_value
        from {{ changes }}
    ) as segments
    cross join {{ days }}
    left join (
        select
            changes.segment_type,
            changes.segment_value,
            case
                when changes.changed_on > first_day.first_on then changes.changed_on
                else first_day.first_on
            end as day_on
            {%- for measure in measures %},
            sum(changes.{{ measure }}) as {{ measure }}
            {%- endfor %}
        from {{ changes }} as changes
        cross join (select min(day_on) as first_on from {{ days }}) as first_day
        group by 1, 2, 3
    ) as changes_by_day
        on segments.segment_type = changes_by_day.segment_type
            and segments.segment_value = changes_by_day.segment_value
            and {{ days }}.day_on = changes_by_day.day_on
{%- endmacro %}
