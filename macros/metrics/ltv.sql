{# Lifetime value. Arguments are SQL; amounts in reporting currency. #}

{% macro expected_lifetime_months(lost, opening) -%}
    {#-
        継続期間, months as a double: 1 ÷ (lost ÷ opening), at most ltv_max_lifetime_months, which
        is used where nothing was lost, too.

        lost, opening: customers, or MRR, churned and at opening, each summed over the same months.
    -#}
    {%- set longest = 'cast(' ~ var('ltv_max_lifetime_months') ~ ' as ' ~ type_double() ~ ')' -%}
    case
        when {{ lost }} > 0 and {{ ratio(opening, lost) }} < {{ longest }} then {{ ratio(opening, lost) }}
        else {{ longest }}
    end
{%- endmacro %}


{% macro ltv_formula(average_order_value, orders_per_customer_month, expected_lifetime_months) -%}
    {#- LTV: 平均購買単価 × 購買頻度 × 継続期間. -#}
    {{ average_order_value }} * {{ orders_per_customer_month }} * {{ expected_lifetime_months }}
{%- endmacro %}


{% macro monthly_gross_profit(arpa) -%}
    {#- Gross profit per customer and month: arpa × gross_margin. -#}
    {{ arpa }} * {{ var('gross_margin') }}
{%- endmacro %}


{% macro ltv_subscription(arpa, expected_lifetime_months) -%}
    {#- LTV: 平均単価 × 粗利率 × 継続期間. -#}
    {{ monthly_gross_profit(arpa) }} * {{ expected_lifetime_months }}
{%- endmacro %}


{% macro ltv_survival(arpa, expected_months) -%}
    {#- LTV by the survival curve: 平均単価 × 粗利率 × discounted months that a customer stays. -#}
    {{ monthly_gross_profit(arpa) }} * {{ expected_months }}
{%- endmacro %}


{% macro cac_payback_months(cac, arpa) -%}
    {#- 回収期間: months until a customer's gross profit has paid its acquisition. -#}
    {{ ratio(cac, '(' ~ monthly_gross_profit(arpa) ~ ')') }}
{%- endmacro %}


{% macro tenure_months(days) -%}
    {#- Whole months in a number of days; a month is 30.4375 days. -#}
    cast(floor({{ days }} / 30.4375) as integer)
{%- endmacro %}


{% macro surviving_share(hazard, segment, tenure_month) -%}
    {#-
        Kaplan–Meier: product of (1 − hazard) over the tenure months of a segment up to the current
        one; 0 from the first month that nobody survived. A window.

        segment: list of the columns that name a segment; tenure_month: column with the month.
    -#}
    {%- set so_far -%}
        partition by {{ segment | join(', ') }} order by {{ tenure_month }}
            rows between unbounded preceding and current row
    {%- endset -%}
    case
        when max({{ hazard }}) over (
            {{ so_far }}
        ) >= 1 then 0
        else exp(sum(ln(case when {{ hazard }} < 1 then 1 - {{ hazard }} else 1 end)) over (
            {{ so_far }}
        ))
    end
{%- endmacro %}


{% macro discount_factor(months) -%}
    {#- Divisor for the present value of an amount in `months`: (1 + monthly_discount_rate) ^ months. -#}
    power(cast(1 + {{ var('monthly_discount_rate') }} as {{ type_double() }}), {{ months }})
{%- endmacro %}
