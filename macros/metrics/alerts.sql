{# When to look after a customer. Arguments are SQL. #}

{% macro is_bill_shock(
    paid_amount, earlier_amount, earlier_paid_months, session_microseconds, earlier_microseconds
) -%}
    {#-
        Whether a month's bill jumped while use did not: paid bill_shock_ratio times the mean of the
        three months before or more, each of which was paid for, while session time grew by less
        than bill_shock_minutes_growth.

        earlier_*: sums over the three months.
    -#}
    {{ earlier_paid_months }} = 3
    and {{ earlier_amount }} > 0
    and {{ paid_amount }} * 3 >= {{ var('bill_shock_ratio') }} * {{ earlier_amount }}
    and (
        {{ session_microseconds }} * 3 <= {{ earlier_microseconds }}
        or {{ session_microseconds }} * 3 < (1 + {{ var('bill_shock_minutes_growth') }}) * {{ earlier_microseconds }}
    )
{%- endmacro %}


{% macro whole_number(number) -%}
    {#- SQL text of a number without decimals, for evidence. -#}
    cast(cast(round(cast({{ number }} as numeric(18, 6))) as bigint) as {{ dbt.type_string() }})
{%- endmacro %}


{% macro day_text(day) -%}
    {#- SQL text YYYY-MM-DD of a date, for evidence. -#}
    cast({{ day }} as {{ dbt.type_string() }})
{%- endmacro %}
