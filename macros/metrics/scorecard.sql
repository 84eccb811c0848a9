{# Target against actual. Arguments are SQL; direction is higher or lower, whichever is better. #}

{% macro attainment(value, target, direction) -%}
    {#-
        達成率: value ÷ target where higher is better, target ÷ value where lower is; null where the
        divisor is not above 0, because the ratio would be meaningless.
    -#}
    case
        when {{ direction }} = 'higher' and {{ target }} > 0 then {{ ratio(value, target) }}
        when {{ direction }} = 'lower' and {{ value }} > 0 then {{ ratio(target, value) }}
    end
{%- endmacro %}


{% macro target_status(value, target, direction) -%}
    {#- achieved, missed or no_target; null where there is a target but no value. -#}
    case
        when {{ target }} is null then 'no_target'
        when {{ value }} is null then null
        when {{ direction }} = 'higher' and {{ value }} >= {{ target }} then 'achieved'
        when {{ direction }} = 'lower' and {{ value }} <= {{ target }} then 'achieved'
        else 'missed'
    end
{%- endmacro %}
