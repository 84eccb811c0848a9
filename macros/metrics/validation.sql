{# Validating leading indicators. Arguments are SQL. #}

{% macro indicators() -%}
    {#- The leading indicators that are validated: columns of fct_customer_health. -#}
    {{ return(['health_score'] + health_components()) }}
{%- endmacro %}


{% macro auc_standard_error(auc, churned, retained) -%}
    {#-
        Standard error of an area under the curve: Hanley and McNeil, The meaning and use of the
        area under a receiver operating characteristic curve, Radiology 143 (1982).

        churned, retained: sizes of the two groups, above 0.
    -#}
    sqrt((
        {{ auc }} * (1 - {{ auc }})
        + ({{ churned }} - 1) * ({{ auc }} / (2 - {{ auc }}) - {{ auc }} * {{ auc }})
        + ({{ retained }} - 1) * (2 * {{ auc }} * {{ auc }} / (1 + {{ auc }}) - {{ auc }} * {{ auc }})
    ) / (cast({{ churned }} as {{ type_double() }}) * {{ retained }}))
{%- endmacro %}


{% macro verdict(auc_low, auc_high) -%}
    {#- predictive or inverted when the interval of the AUC lies above or below 0.5, else unproven. -#}
    case
        when {{ auc_low }} > 0.5 then 'predictive'
        when {{ auc_high }} < 0.5 then 'inverted'
        else 'unproven'
    end
{%- endmacro %}


{% macro matthews_correlation(above_retained, above, retained, customers) -%}
    {#-
        Matthews correlation coefficient of "above" and "retained": −1 to 1; null where one of the
        four groups is everybody.

        above_retained: customers that are both; customers: all.
    -#}
    (
        cast({{ above_retained }} as {{ type_double() }}) * {{ customers }}
        - cast({{ above }} as {{ type_double() }}) * {{ retained }}
    ) / nullif(sqrt(
        cast({{ above }} as {{ type_double() }}) * ({{ customers }} - {{ above }})
        * {{ retained }} * ({{ customers }} - {{ retained }})
    ), 0)
{%- endmacro %}


{% macro chi_square(mcc, customers) -%}
    {#- Pearson's χ² of a table of two by two, without continuity correction: n × MCC². -#}
    {{ customers }} * {{ mcc }} * {{ mcc }}
{%- endmacro %}


{% macro chi_square_limit(tests) -%}
    {#-
        Value that χ² with one degree of freedom exceeds by chance in 5 % ÷ `tests` of cases (Bonferroni):
        the square of the normal quantile of p = 1 − 0.05 ÷ (2 × tests), by Acklam's rational
        approximation (relative error below 1.15e-9), whose upper tail holds for p above 0.97575.

        tests: how many were made, 1 or more.
    -#}
    {%- set q = 'sqrt(-2 * ln(0.025 / ' ~ tests ~ '))' -%}
    power((
        (((((-7.784894002430293e-03 * {{ q }} - 3.223964580411365e-01) * {{ q }} - 2.400758277161838e+00)
        * {{ q }} - 2.549732539343734e+00) * {{ q }} + 4.374664141464968e+00) * {{ q }} + 2.938163982698783e+00)
        / ((((7.784695709041462e-03 * {{ q }} + 3.224671290700398e-01) * {{ q }} + 2.445134137142996e+00)
        * {{ q }} + 3.754408661907416e+00) * {{ q }} + 1)
    ), 2)
{%- endmacro %}
