{# Text: what differs between engines. #}

{% macro binary_collation(expression) -%}
    {#-
        A text to sort by, or to take the smallest of, in the order of its bytes: the same on every
        engine, whatever language the database is set to.
    -#}
    {{ return(adapter.dispatch('binary_collation', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro default__binary_collation(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__binary_collation(expression) -%}
    {{ expression }} collate "C"
{%- endmacro %}


{% macro is_match(expression, pattern) -%}
    {#-
        Whether a text is of a regular expression from its first to its last character.

        pattern: without backslashes and without anchors; what RE2, PostgreSQL and Java have alike.
    -#}
    {{ return(adapter.dispatch('is_match', 'customer_success')(expression, pattern)) }}
{%- endmacro %}

{% macro duckdb__is_match(expression, pattern) -%}
    regexp_full_match({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__is_match(expression, pattern) -%}
    {{ expression }} ~ '^(?:{{ pattern }})$'
{%- endmacro %}

{% macro spark__is_match(expression, pattern) -%}
    {{ expression }} rlike '^(?:{{ pattern }})\\z'
{%- endmacro %}


{% macro replaced(expression, pattern, replacement) -%}
    {#-
        A text with the first match of a regular expression replaced.

        pattern: as in is_match(), but with an anchor at one end. replacement: with <1>, <2> … for
        the groups of the pattern.
    -#}
    {{ return(adapter.dispatch('replaced', 'customer_success')(expression, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replaced(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement | replace("<", "\\") | replace(">", "") }}')
{%- endmacro %}

{% macro spark__replaced(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement | replace("<", "$") | replace(">", "") }}')
{%- endmacro %}


{% macro half_width(expression) -%}
    {#- A text with full-width digits and signs in ASCII, without the blanks around it. -#}
    {%- set wide = '０１２３４５６７８９．，－−＋％：／（）￥Ｔ\u3000\u00a0\t' -%}
    {%- set narrow = '0123456789.,--+%:/()¥T   ' -%}
    trim(translate({{ expression }}, '{{ wide }}', '{{ narrow }}'))
{%- endmacro %}


{% macro listed_parts(expression) -%}
    {#-
        The parts of a text that are separated by ; or , as a column of a select list: a row for each,
        with the blanks around it, and empty ones, too.
    -#}
    {{ return(adapter.dispatch('listed_parts', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro default__listed_parts(expression) -%}
    unnest(string_to_array(translate({{ expression }}, ';', ','), ','))
{%- endmacro %}

{% macro spark__listed_parts(expression) -%}
    explode(split(translate({{ expression }}, ';', ','), ','))
{%- endmacro %}


{% macro is_list(expression) -%}
    {#- Whether a text has several parts by listed_parts(). -#}
    ({{ expression }} like '%;%' or {{ expression }} like '%,%')
{%- endmacro %}
