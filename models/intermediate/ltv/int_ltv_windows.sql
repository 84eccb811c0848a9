-- Sums over the twelve months to a period's closing: orders and active customers over the calendar
-- months to closing, churn over the last complete ones.

with

periods as (
    select
        *,
        {{ month_number('closing_on') }} as closing_month,
        case
            when closing_on = {{ period_end('month', month_start('closing_on')) }}
                then {{ month_number('closing_on') }}
            else {{ month_number('closing_on') }} - 1
        end as complete_month
    from {{ ref('customer_success', 'dim_periods') }}
    where {{ is_grain_of('kpi_ltv') }}
),

months as (
    select
        *,
        {{ month_number('month_start') }} as month_number
    from {{ ref('customer_success', 'int_ltv_months') }}
),

windows as (
    select
        {%- for measure, name, last_month in [
            ('paid_orders', 'paid_orders', 'closing_month'),
            ('paid_order_revenue', 'paid_order_revenue', 'closing_month'),
            ('active_customers', 'active_customer_months', 'closing_month'),
            ('churned_customers', 'pooled_churned_customers', 'complete_month'),
            ('opening_customers', 'pooled_opening_customers', 'complete_month'),
            ('churn_mrr', 'pooled_churn_mrr', 'complete_month'),
            ('opening_mrr', 'pooled_opening_mrr', 'complete_month'),
        ] %}
        sum(
            case
                when months.month_number > periods.{{ last_month }} - 12
                    and months.month_number <= periods.{{ last_month }}
                    then months.{{ measure }}
                else 0
            end
        ) as {{ name }},
        {%- endfor %}
        periods.period_grain,
        periods.period_start,
        months.segment_type,
        months.segment_value
    from periods
    inner join months
        on months.month_number between periods.complete_month - 11 and periods.closing_month
    group by
        periods.period_grain,
        periods.period_start,
        months.segment_type,
        months.segment_value
)

select * from windows
