{# Contract renewal. Arguments are SQL. #}

{% macro monthly_contract_value(contract_value, exchange_rate, term_start, term_end) -%}
    {#-
        Value of a contract term per month in reporting currency, numeric(18,4): value × rate ÷ months
        of the term. A term of whole calendar months has that many; for any other, a month is 30.4375
        days (a year of 365.25 days ÷ 12, or 487 / 16). null for a contract without an end.

        contract_value: 8 decimals of it count; exchange_rate: 8; term_start, term_end: dates, the end
        exclusive.
    -#}
    {%- set months = '(' ~ month_number(term_end) ~ ' - ' ~ month_number(term_start) ~ ')' -%}
    case
        when {{ add_months(term_start, months) }} = {{ term_end }} and {{ months }} > 0
            then {{ rounded_quotient(
                [(exact_amount(contract_value), 8), (exchange_rate, 8)], months
            ) }}
        when {{ term_end }} is not null
            then {{ rounded_quotient(
                [(exact_amount(contract_value), 8), (exchange_rate, 8), ('487', 0)],
                '(16 * ' ~ days_between(term_start, term_end) ~ ')',
            ) }}
    end
{%- endmacro %}


{% macro decided_value(status, due_value) -%}
    {#- Value per month of a term that came due; null while it is pending, or without a value. -#}
    case when {{ status }} <> 'pending' then {{ due_value }} end
{%- endmacro %}


{% macro kept_value(due_value, renewed_value) -%}
    {#-
        What of a term's value per month was renewed, at most what was due; null where the term has no
        value, or was not renewed with one.
    -#}
    case
        when {{ due_value }} is null then null
        when {{ renewed_value }} < {{ due_value }} then {{ renewed_value }}
        when {{ renewed_value }} is not null then {{ due_value }}
    end
{%- endmacro %}


{% macro shared_value(value, part, total, terms, valued_terms) -%}
    {#-
        What of a term's value per month falls to one of the terms that it renews, numeric(18,4): in
        proportion to their values, or in equal parts where one of them has none, or none is above 0.

        value: of the term that renews; part: of the one renewed; total: of all that it renews; terms:
        how many there are; valued_terms: how many have a value.
    -#}
    case
        when {{ terms }} = 1 then {{ value }}
        when {{ terms }} = {{ valued_terms }} and {{ total }} > 0
            then {{ rounded_quotient(
                [('cast(' ~ value ~ ' * 10000 as bigint)', 0), (part, 4)],
                'cast(' ~ total ~ ' * 10000 as bigint)',
            ) }}
        else {{ rounded_quotient([(value, 4)], terms) }}
    end
{%- endmacro %}
