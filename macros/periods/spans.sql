{# Spans of days, from from_on to to_on (exclusive; null: for good). #}

{% macro is_within_span(day, span) -%}
    {#- 1 when the date `day` lies in a span, else 0. span: the relation that has its columns. -#}
    case
        when {{ day }} < {{ span }}.from_on or {{ day }} >= {{ span }}.to_on then 0
        else 1
    end
{%- endmacro %}
