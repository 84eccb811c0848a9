{% macro ratio(numerator, denominator) %}'a macro of acme'{% endmacro %}
