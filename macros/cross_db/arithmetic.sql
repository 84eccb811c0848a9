{# Arithmetic that must come out the same to the last digit on every engine. #}

{% macro rounded_quotient(factors, divisor) -%}
    {#-
        Product of `factors` ÷ `divisor`, rounded half away from zero to 4 decimals, exactly: no
        double on the way.

        factors: list of pairs (SQL of a number ≥ 0, its decimals as a literal); their decimals may
        add up to 20 at most, and twice their product in whole numbers has at most 38 digits.
        divisor: SQL of a whole number > 0. Returns numeric(18,4).
    -#}
    {{ return(adapter.dispatch('rounded_quotient', 'customer_success')(factors, divisor)) }}
{%- endmacro %}

{% macro duckdb__rounded_quotient(factors, divisor) -%}
    {#- In whole numbers of 128 bits, which divide() cuts; adding half the divisor before rounds. -#}
    {%- set decimals = factors | sum(attribute=1) -%}
    {%- set shift = "cast(1" ~ '0' * (decimals - 4) ~ " as hugeint)" -%}
    cast(cast(divide(
        2 * {% for factor, places in factors -%}
            {%- if places == 0 -%}
                cast({{ factor }} as hugeint)
            {%- else -%}
                cast(cast({{ factor }} as decimal(38, {{ places }})) * {{ 10 ** places }} as hugeint)
            {%- endif -%}
            {{- ' * ' if not loop.last }}
        {%- endfor %}
        + {{ divisor }} * {{ shift }},
        2 * {{ divisor }} * {{ shift }}
    ) as decimal(38, 4)) * 0.0001 as decimal(18, 4))
{%- endmacro %}

{% macro postgres__rounded_quotient(factors, divisor) -%}
    {#- numeric multiplies exactly and div() cuts exactly; adding half the divisor before rounds. -#}
    cast(div(
        2 * {% for factor, places in factors -%}
            cast({{ factor }} as numeric){{ ' * ' if not loop.last }}
        {%- endfor %} * 10000 + {{ divisor }},
        2 * {{ divisor }}
    ) * 0.0001 as numeric(18, 4))
{%- endmacro %}

{% macro spark__rounded_quotient(factors, divisor) -%}
    {#- Products of decimals lose digits beyond 38, those of whole ones do not; div cuts exactly. -#}
    {%- set decimals = factors | sum(attribute=1) -%}
    {%- set shift = "cast('1" ~ '0' * (decimals - 4) ~ "' as decimal(38, 0))" -%}
    cast(cast((
        2 * {% for factor, places in factors -%}
            cast(({{ factor }}) * {{ 10 ** places }} as decimal(38, 0)){{ ' * ' if not loop.last }}
        {%- endfor %}
        + {{ divisor }} * {{ shift }}
    ) div (2 * {{ divisor }} * {{ shift }}) as decimal(38, 0)) * 0.0001 as decimal(18, 4))
{%- endmacro %}


{% macro exact_amount(amount) -%}
    {#-
        An amount of money in its own currency, from up to 16 decimals rounded half away from zero to
        8, which leaves room for what it is multiplied by. amount: SQL of a number.
    -#}
    cast({{ amount }} as numeric(29, 8))
{%- endmacro %}


{% macro whole_units(quantity) -%}
    {#- A quantity as a 32-bit integer, rounded half up; null where it does not fit. -#}
    case
        when floor({{ quantity }} + 0.5) between -2147483648 and 2147483647
            then cast(floor({{ quantity }} + 0.5) as integer)
    end
{%- endmacro %}


{% macro ratio(numerator, denominator) -%}
    {#- numerator ÷ denominator as a double; null where the denominator is 0. -#}
    cast({{ numerator }} as {{ type_double() }})
        / nullif(cast({{ denominator }} as {{ type_double() }}), 0)
{%- endmacro %}


{% macro type_double() -%}
    {#- Name of the 8-byte floating point type. -#}
    {{ return(adapter.dispatch('type_double', 'customer_success')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double
{%- endmacro %}

{% macro postgres__type_double() -%}
    double precision
{%- endmacro %}
