{# Usage. Arguments are SQL. #}

{% macro full_marks_at(value, full_at) -%}
    {#- value ÷ full_at, at most 1, as a double; null where full_at is 0 or null. -#}
    case
        when {{ value }} >= {{ full_at }} and {{ full_at }} > 0 then 1
        else {{ ratio(value, full_at) }}
    end
{%- endmacro %}


{% macro weighted_score(components) -%}
    {#-
        100 × weighted mean of the components that are not null; null without any.

        components: list of pairs (value from 0 to 1, weight ≥ 0), SQL.
    -#}
    100 * (
        {%- for value, weight in components %}
        coalesce({{ value }} * {{ weight }}, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    ) / nullif(
        {%- for value, weight in components %}
        case when {{ value }} is not null then {{ weight }} else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}, 0
    )
{%- endmacro %}
