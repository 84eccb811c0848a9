{%- set sources = ['ledger', 'orders', 'windows', 'costs'] -%}
{%- set counts = [
    'ordering_customers', 'paid_orders', 'active_customer_months', 'pooled_churned_customers',
    'pooled_opening_customers', 'closing_customers', 'new_customers',
] -%}
{%- set amounts = [
    'order_revenue', 'paid_order_revenue', 'pooled_churn_mrr', 'pooled_opening_mrr', 'closing_mrr',
] %}

with

periods as (
    select * from {{ ref('int_periods') }}
    where period_grain in ('month', 'quarter', 'fiscal_year')
),

ledger as (
    select * from {{ ref('int_mrr_ledger') }}
),

orders_to_date as (
    select * from {{ ref('int_orders_to_date_daily') }}
),

windows as (
    select * from {{ ref('int_ltv_windows') }}
),

acquisition_totals as (
    select * from {{ ref('int_acquisition_totals_monthly') }}
),

expected_months as (
    select * from {{ ref('int_expected_months') }}
),

orders as (
    select
        periods.period_grain,
        periods.period_start,
        orders_to_date.segment_type,
        orders_to_date.segment_value,
        orders_to_date.ordering_customers,
        orders_to_date.order_revenue
    from periods
    inner join orders_to_date on periods.closing_on = orders_to_date.day_on
),

costs as (
    select
        periods.period_grain,
        periods.period_start,
        acquisition_totals.segment_type,
        acquisition_totals.segment_value,
        sum(acquisition_totals.acquisition_cost) as acquisition_cost
    from periods
    inner join acquisition_totals
        on acquisition_totals.month_start between periods.period_start and periods.period_end
    group by 1, 2, 3, 4
),

keys as (
    {{ kpi_keys(sources) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {%- for count in counts %}
        cast(coalesce({{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        {%- for amount in amounts %}
        cast(coalesce({{ amount }}, 0) as numeric(18, 4)) as {{ amount }},
        {%- endfor %}
        {{ arpa('coalesce(ledger.closing_mrr, 0)', 'ledger.closing_customers') }} as arpa,
        {% if raw_table_is_present('acquisition_costs') -%}
        cast(
            case
                when keys.segment_type in ('all', 'acquisition_channel')
                    then coalesce(costs.acquisition_cost, 0)
            end as numeric(18, 4)
        )
        {%- else -%}
        cast(null as numeric(18, 4))
        {%- endif %} as acquisition_cost,
        expected_months.expected_months
    from keys
    {{ join_kpi_sources(sources) }}
    left join expected_months
        on keys.segment_type = expected_months.segment_type
            and keys.segment_value = expected_months.segment_value
),

rated as (
    select
        *,
        {{ historic_ltv('order_revenue', 'ordering_customers') }} as historic_ltv,
        {{ average_order_value('paid_order_revenue', 'paid_orders') }} as average_order_value,
        {{ orders_per_customer_month('paid_orders', 'active_customer_months') }}
            as orders_per_customer_month,
        {{ expected_lifetime_months('pooled_churned_customers', 'pooled_opening_customers') }}
            as expected_lifetime_months,
        {{ expected_lifetime_months('pooled_churn_mrr', 'pooled_opening_mrr') }}
            as expected_revenue_lifetime_months,
        {{ ltv_survival('arpa', 'expected_months') }} as ltv_survival,
        {{ cac('acquisition_cost', 'new_customers') }} as cac
    from totals
    where {{ is_counted(counts + ['coalesce(acquisition_cost, 0)']) }}
),

valued as (
    select
        *,
        {{ ltv_formula(
            'average_order_value', 'orders_per_customer_month', 'expected_lifetime_months'
        ) }} as ltv_formula,
        {{ ltv_subscription('arpa', 'expected_revenue_lifetime_months') }} as ltv_subscription
    from rated
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        segment_type,
        segment_value,
        {%- for column in counts + amounts %}
        {{ column }},
        {%- endfor %}
        acquisition_cost,
        arpa,
        historic_ltv,
        average_order_value,
        orders_per_customer_month,
        expected_lifetime_months,
        expected_revenue_lifetime_months,
        ltv_formula,
        ltv_subscription,
        ltv_survival,
        cac,
        {{ ltv_cac_ratio('ltv_subscription', 'cac') }} as ltv_cac_ratio,
        {{ cac_payback_months('cac', 'arpa') }} as cac_payback_months
    from valued
)

select * from final
