{% macro segmented_by_day(relation, day, columns) -%}
    {#-
        Select statement: dated things with the segments that they are counted in, one column per
        chosen segment type, then `columns`. Plan and product are those of the primary plan in force
        on the thing's day, else on the day before, else (none).

        relation: name of a CTE with customer_id, the date column `day` and `columns` (list).
    -#}
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    inner join {{ ref('int_customer_segments') }} as customer_segments
        on {{ relation }}.customer_id = customer_segments.customer_id
    {%- for alias, on_day in [
        ('plan_on_day', relation ~ '.' ~ day),
        ('plan_on_day_before', add_days(relation ~ '.' ~ day, -1)),
    ] %}
    left join {{ ref('int_primary_plan_spans') }} as {{ alias }}
        on {{ relation }}.customer_id = {{ alias }}.customer_id
            and {{ on_day }} >= {{ alias }}.from_on
            and ({{ on_day }} < {{ alias }}.to_on or {{ alias }}.to_on is null)
    {%- endfor %}
    left join {{ ref('int_plan_segments') }} as plan_segments
        on coalesce(plan_on_day.plan_id, plan_on_day_before.plan_id) = plan_segments.plan_id
{%- endmacro %}
