{% macro running_totals_daily(changes, measures) -%}
    {#-
        Select statement with a row per segment value and reported day: segment_type, segment_value,
        day_on and, for each measure, the sum of its changes up to that day. The first day carries
        all that went before it. Reads a CTE days (int_reporting_days).

        changes: name of a CTE with segment_type, segment_value, changed_on and a signed amount per
        measure; measures: list of their names.
    -#}
    select
        segments.segment_type,
        segments.segment_value,
        days.day_on,
        {%- for measure in measures %}
        sum(coalesce(changes_by_day.{{ measure }}, 0)) over so_far as {{ measure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        select distinct
            segment_type,
            segment_value
        from {{ changes }}
    ) as segments
    cross join days
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
        cross join (select min(day_on) as first_on from days) as first_day
        group by 1, 2, 3
    ) as changes_by_day
        on segments.segment_type = changes_by_day.segment_type
            and segments.segment_value = changes_by_day.segment_value
            and days.day_on = changes_by_day.day_on
    window so_far as (
        partition by segments.segment_type, segments.segment_value order by days.day_on
        rows between unbounded preceding and current row
    )
{%- endmacro %}
