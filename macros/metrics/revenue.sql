{# MRR, churn and retention. Arguments are SQL; amounts in reporting currency, movements ≥ 0. #}

{% macro item_mrr(quantity, unit_price, discount_rate, exchange_rate, billing_interval) -%}
    {#-
        Monthly recurring revenue of a subscription item in reporting currency, numeric(18,4):
        quantity × unit_price, rounded to 8 decimals, × (1 − discount_rate) × exchange_rate ÷ months in
        the billing interval, rounded half away from zero. A year has 12 months, 52 weeks and 365 days.

        Arguments are SQL; quantity and discount_rate have 4 decimals, unit_price 12, exchange_rate 8.
    -#}
    {%- set factors = [
        (exact_amount(quantity ~ ' * ' ~ unit_price), 8), ('(1 - ' ~ discount_rate ~ ')', 4),
        (exchange_rate, 8),
        ("case " ~ billing_interval ~ " when 'week' then 52 when 'day' then 365 else 1 end", 0),
    ] -%}
    {%- set divisor -%}
        case {{ billing_interval }}
            when 'year' then 12
            when 'half_year' then 6
            when 'quarter' then 3
            when 'month' then 1
            else 12
        end
    {%- endset -%}
    {{ rounded_quotient(factors, divisor) }}
{%- endmacro %}


{% macro movement_type(opening, closing, first_active_on, period_start) -%}
    {#-
        What happened to a customer's MRR between the opening and the closing of a period: new,
        reactivation, churn, expansion, contraction, or null when nothing did.

        opening, closing: MRR the day before the period and at its end; first_active_on: first day
        on which the customer ever had MRR.
    -#}
    case
        when {{ opening }} = 0 and {{ closing }} > 0 and {{ first_active_on }} >= {{ period_start }}
            then 'new'
        when {{ opening }} = 0 and {{ closing }} > 0 then 'reactivation'
        when {{ opening }} > 0 and {{ closing }} = 0 then 'churn'
        when {{ closing }} > {{ opening }} then 'expansion'
        when {{ closing }} < {{ opening }} then 'contraction'
    end
{%- endmacro %}


{% macro lost_mrr(churn_mrr, contraction_mrr) -%}
    {#- MRR lost: churn + contraction. -#}
    ({{ churn_mrr }} + {{ contraction_mrr }})
{%- endmacro %}


{% macro net_lost_mrr(churn_mrr, contraction_mrr, expansion_mrr) -%}
    {#- MRR lost less expansion. -#}
    ({{ lost_mrr(churn_mrr, contraction_mrr) }} - {{ expansion_mrr }})
{%- endmacro %}


{% macro won_mrr(new_mrr, reactivation_mrr, expansion_mrr) -%}
    {#- MRR won: new + reactivation + expansion. -#}
    ({{ new_mrr }} + {{ reactivation_mrr }} + {{ expansion_mrr }})
{%- endmacro %}
