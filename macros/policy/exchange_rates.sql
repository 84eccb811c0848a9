{#
    Conversion into the reporting currency: the rate with the latest valid_from on or before the day
    an amount took effect; before the first rate, the first. All macros take the names of the two CTEs
    with the rates: daily_rates, the rows of int_exchange_rates_daily, and first_rates, those of
    int_exchange_rates_first.
#}

{% macro join_exchange_rates(daily_rates, first_rates, currency, day) -%}
    {#- Joins of the rates. currency, day: SQL of the amount's currency and date. -#}
    left join {{ daily_rates }}
        on {{ daily_rates }}.currency_code = {{ currency }} and {{ daily_rates }}.rate_on = {{ day }}
    left join {{ first_rates }}
        on {{ first_rates }}.currency_code = {{ currency }}
{%- endmacro %}


{% macro exchange_rate(daily_rates, first_rates, currency) -%}
    {#- How much reporting currency 1 unit of `currency` is, numeric(18,8). Needs both joined. -#}
    case
        when {{ currency }} = '{{ var("reporting_currency") }}' then cast(1 as numeric(18, 8))
        else coalesce({{ daily_rates }}.rate_to_reporting, {{ first_rates }}.rate_to_reporting)
    end
{%- endmacro %}


{% macro converted_amount(amount, daily_rates, first_rates, currency) -%}
    {#-
        An amount in reporting currency, numeric(18,4), rounded half away from zero. Needs both
        joined. amount: SQL of a number ≥ 0, of which 8 decimals count; currency: its currency.
    -#}
    {{ rounded_quotient(
        [(exact_amount(amount), 8), (exchange_rate(daily_rates, first_rates, currency), 8)], '1'
    ) }}
{%- endmacro %}
