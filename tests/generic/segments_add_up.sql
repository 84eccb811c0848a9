{% test segments_add_up(model, columns) %}
{#-
    What a kpi_ mart counts adds up: the values of every segment type together are what all is, in
    every period. Days have all only.

    columns: list of counts and amounts of the mart. Returns the periods and types that break it.
-#}
with

whole as (
    select * from {{ tested(model) }}
    where segment_type = 'all' and period_grain <> 'day'
),

types as (
    select distinct segment_type from {{ tested(model) }}
    where segment_type <> 'all'
),

parts as (
    select
        period_grain,
        period_start,
        segment_type,
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ tested(model) }}
    where segment_type <> 'all'
    group by period_grain, period_start, segment_type
)

select
    whole.period_grain,
    whole.period_start,
    types.segment_type
from whole
cross join types
left join parts
    on whole.period_grain = parts.period_grain
        and whole.period_start = parts.period_start
        and types.segment_type = parts.segment_type
where {% for column in columns -%}
    coalesce(whole.{{ column }}, 0) <> coalesce(parts.{{ column }}, 0)
    {{- ' or ' if not loop.last }}
    {%- endfor %}
{% endtest %}
