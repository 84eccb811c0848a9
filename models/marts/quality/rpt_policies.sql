{%- set policies = {'as_of_date': as_of_day()} -%}
{%- for name in [
    'raw_mode', 'max_rejected_share', 'reporting_start_date', 'reporting_timezone',
    'reporting_currency', 'fiscal_year_start_month', 'churn_recognition', 'renewal_grace_days',
    'dormant_days', 'winback_days',
] -%}
    {%- do policies.update({name: var(name)}) -%}
{%- endfor -%}
{%- do policies.update({'segments': segment_types() | join(', ')}) -%}

with

policies as (
    {% for name, value in policies.items() -%}
    select
        '{{ name }}' as policy_name,
        {{ 'cast(null as ' ~ dbt.type_string() ~ ')' if value is none else "'" ~ value ~ "'" }}
            as policy_value
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from policies
