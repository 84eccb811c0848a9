with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
    where {{ is_grain_of('kpi_ltv') }}
),

days as (
    select * from {{ ref('customer_success', 'int_reporting_days') }}
),

retention as (
    select * from {{ ref('customer_success', 'kpi_revenue_retention') }}
),

order_changes as (
    select * from {{ ref('customer_success', 'int_order_changes') }}
),

windows as (
    select * from {{ ref('customer_success', 'int_ltv_windows') }}
),

acquisition_totals as (
    select * from {{ ref('customer_success', 'int_acquisition_totals_monthly') }}
),

expected_months as (
    select * from {{ ref('customer_success', 'int_expected_months') }}
),

orders_to_date as (
    {{ running_totals('order_changes', ['ordering_customers', 'order_revenue'], 'days') }}
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
    {{ kpi_keys('periods', ['retention', 'orders', 'windows', 'costs']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('orders.ordering_customers') }} as ordering_customers,
        {{ count_or_zero('windows.paid_orders') }} as paid_orders,
        {{ count_or_zero('windows.active_customer_months') }} as active_customer_months,
        {{ count_or_zero('windows.pooled_churned_customers') }} as pooled_churned_customers,
        {{ count_or_zero('windows.pooled_opening_customers') }} as pooled_opening_customers,
        {{ count_or_zero('retention.closing_customers') }} as closing_customers,
        {{ count_or_zero('retention.new_customers') }} as new_customers,
        {{ amount_or_zero('orders.order_revenue') }} as order_revenue,
        {{ amount_or_zero('windows.paid_order_revenue') }} as paid_order_revenue,
        {{ amount_or_zero('windows.pooled_churn_mrr') }} as pooled_churn_mrr,
        {{ amount_or_zero('windows.pooled_opening_mrr') }} as pooled_opening_mrr,
        {{ amount_or_zero('retention.closing_mrr') }} as closing_mrr,
        {% if raw_table_is_present('acquisition_costs') -%}
        case
            when keys.segment_type in ('all', 'acquisition_channel')
                then {{ amount_or_zero('costs.acquisition_cost') }}
        end
        {%- else -%}
        cast(null as numeric(18, 4))
        {%- endif %} as acquisition_cost,
        {{ ltv_survival(
            ratio('retention.closing_mrr', 'retention.closing_customers'),
            'expected_months.expected_months',
        ) }} as ltv_survival
    from keys
    {{ join_kpi_sources('keys', ['retention', 'orders', 'windows', 'costs']) }}
    left join expected_months
        on keys.segment_type = expected_months.segment_type
            and keys.segment_value = expected_months.segment_value
),

rated as (
    select
        *,
        {{ ratio('closing_mrr', 'closing_customers') }} as arpa,
        {{ ratio('order_revenue', 'ordering_customers') }} as historic_ltv,
        {{ ratio('paid_order_revenue', 'paid_orders') }} as average_order_value,
        {{ ratio('paid_orders', 'active_customer_months') }} as orders_per_customer_month,
        {{ expected_lifetime_months('pooled_churned_customers', 'pooled_opening_customers') }}
            as expected_lifetime_months,
        {{ expected_lifetime_months('pooled_churn_mrr', 'pooled_opening_mrr') }}
            as expected_revenue_lifetime_months,
        {{ ratio('acquisition_cost', 'new_customers') }} as cac
    from totals
    where {{ has_activity([
        'ordering_customers', 'paid_orders', 'active_customer_months', 'pooled_opening_customers',
        'pooled_churned_customers', 'closing_customers', 'new_customers',
        'coalesce(acquisition_cost, 0)',
    ]) }}
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
        *,
        {{ ratio('ltv_subscription', 'cac') }} as ltv_cac_ratio,
        {{ cac_payback_months('cac', 'arpa') }} as cac_payback_months
    from valued
)

select * from final
