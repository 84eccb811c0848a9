{#
    Notations beside the contract's own: how people and programs write what the contract means. A
    text that a cast of macros/cross_db/casts.sql cannot read is written again and read once more.
#}

{% macro rewritten(column, expression) -%}
    {#-
        A landed text in the contract's own notation. What is in no known notation stays as it is, or
        becomes null where that cannot be mistaken for a value.

        column: of the contract; expression: SQL of type text. Returns SQL of type text.
    -#}
    {%- if column.type == 'boolean' -%}
        lower({{ half_width(expression) }})
    {%- elif column.type == 'integer' -%}
        {{ replaced(plain_number(expression), '([0-9])[.]0+$', '<1>') }}
    {%- elif column.type.startswith('numeric') -%}
        {{ plain_number(expression, column.meta.is_share) }}
    {%- elif column.type in ['date', 'timestamp'] -%}
        {{ iso_moment(expression) }}
    {%- elif column.meta.get('values') -%}
        {{ allowed_value(column, expression) }}
    {%- elif column.meta.is_upper -%}
        upper({{ half_width(expression) }})
    {%- endif -%}
{%- endmacro %}


{% macro has_notations(column) -%}
    {#- Whether a column can be written in more ways than one; free text and ids cannot. -#}
    {{ return(column.type != 'text' or column.meta.get('values') or column.meta.is_upper or false) }}
{%- endmacro %}


{% macro plain_number(expression, is_share=false) -%}
    {#-
        Digits with an optional minus and decimals after a point, from a number as people write it:
        full-width digits, commas between groups of three, a plus, a minus as ▲ or △, a currency sign
        before (a yen sign as the backslash that stands for it in CP932, too) or 円 after; and from 6.4e-05, as programs write what is small. (An exponent above 0
        stands for digits that a spreadsheet has dropped.) null for anything else.

        is_share: whether 10% is 0.1; elsewhere a percent sign makes it no number.
    -#}
    {%- set text = 'replace(' ~ half_width(expression) ~ ", chr(92), '¥')" -%}
    {%- set sign = '(?:[-+▲△]?[¥$€£]?|[¥$€£][-+])' -%}
    {%- set digits = '(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:[.][0-9]+)?|[.][0-9]+' -%}
    case
        when {{ is_match(text, sign ~ '(?:' ~ digits ~ ') ?円?') }}
            then translate({{ text }}, '▲△+,¥$€£ 円', '--')
        when {{ is_match(text, '-?[0-9](?:[.][0-9]+)?[eE]-[0-9]{2}') }}
            then {{ replaced(text, '^(-?).*$', '<1>0.') }}
                || repeat('0', cast({{ replaced(text, '^.*[eE]-', '') }} as integer) - 1)
                || {{ replaced(text, '^-?([0-9])[.]?([0-9]*)[eE].*$', '<1><2>') }}
        {%- if is_share %}
        when {{ is_match(text, '[-+]?(?:[0-9]{1,3}(?:[.][0-9]+)?|[.][0-9]+) ?%') }}
            then {{ hundredth("translate(" ~ text ~ ", '+ %', '')") }}
        {%- endif %}
    end
{%- endmacro %}


{% macro hundredth(expression) -%}
    {#- A hundredth of a number of at most three digits before the point, text from text: exact. -#}
    {%- set rewriting = namespace(sql=expression) -%}
    {%- for pattern, replacement in [
        ('^(-?)([.]|[0-9]([.]|$))', '<1>00<2>'),
        ('^(-?)([0-9]{2})([.]|$)', '<1>0<2><3>'),
        ('^(-?)([0-9]+)([0-9]{2})[.]?', '<1><2>.<3>'),
    ] -%}
        {%- set rewriting.sql = replaced(rewriting.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ rewriting.sql }}
{%- endmacro %}


{% macro iso_moment(expression) -%}
    {#-
        A day or moment in ISO 8601 from a notation that begins with the year: 2025/4/1, 2025.4.1,
        2025年4月1日, 20250401, with a time after blanks, hours of one digit, and a zone written UTC,
        GMT or after a blank. Other texts come out as they are. (Whether 4/1/2025 is in April cannot
        be seen from it, so it is not read.)
    -#}
    {%- set rewriting = namespace(sql=half_width(expression)) -%}
    {%- for pattern, replacement in [
        ('^([0-9]{4})([0-9]{2})([0-9]{2})($|[ Tt])', '<1>-<2>-<3><4>'),
        ('^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?', '<1>-0<2>-0<3>'),
        ('^([0-9]{4})-0([0-9]{2})-', '<1>-<2>-'),
        ('^([0-9]{4}-[0-9]{2})-0([0-9]{2})', '<1>-<2>'),
        ('^(.{10})[ Tt]+([0-9]{1,2}):', '<1>T0<2>:'),
        ('^(.{10}T)0([0-9]{2}):', '<1><2>:'),
        (' ?(UTC|GMT|Z|z)$', 'Z'),
        (' ([-+][0-9:]+)$', '<1>'),
    ] -%}
        {%- set rewriting.sql = replaced(rewriting.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ rewriting.sql }}
{%- endmacro %}


{% macro allowed_value(column, expression) -%}
    {#- The allowed value that a text means: in any case, or by the contract's synonyms. -#}
    {%- set plain = 'lower(' ~ half_width(expression) ~ ')' -%}
    case
        when {{ plain }} in ('{{ column.meta.get("values") | join("', '") }}') then {{ plain }}
        {%- for value, synonyms in column.meta.get('synonyms', {}).items() %}
        when {{ plain }} in ('{{ synonyms | join("', '") }}') then '{{ value }}'
        {%- endfor %}
        else {{ expression }}
    end
{%- endmacro %}


{% macro is_null_word(expression) -%}
    {#- Whether a text is what programs and people write where there is no value. -#}
    lower({{ half_width(expression) }}) in (
        'null', 'none', 'nan', 'nat', 'n/a', 'na', '#n/a', '<na>', '-'
    )
{%- endmacro %}
