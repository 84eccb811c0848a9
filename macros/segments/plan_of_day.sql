{#
    The plan by which a thing dated d is cut: the primary plan in force on d, else on the day before,
    else none.
#}

{% macro join_plan_of_day(customer_id, day) -%}
    {#- Joins that plan_of_day() reads. customer_id, day: SQL of whose thing it is and its date. -#}
    left join plan_spans as plan_on_day
        on {{ customer_id }} = plan_on_day.customer_id
            and {{ day }} >= plan_on_day.from_on
            and ({{ day }} < plan_on_day.to_on or plan_on_day.to_on is null)
    left join plan_spans as plan_on_day_before
        on {{ customer_id }} = plan_on_day_before.customer_id
            and {{ add_days(day, -1) }} >= plan_on_day_before.from_on
            and ({{ add_days(day, -1) }} < plan_on_day_before.to_on or plan_on_day_before.to_on is null)
{%- endmacro %}


{% macro plan_of_day() -%}
    {#- Plan id by which the row is cut; null when there is none. -#}
    coalesce(plan_on_day.plan_id, plan_on_day_before.plan_id)
{%- endmacro %}
