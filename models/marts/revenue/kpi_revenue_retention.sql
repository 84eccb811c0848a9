{%- set retained_customers = '(closing_customers - new_customers - reactivated_customers)' %}

with

ledger as (
    select * from {{ ref('int_mrr_ledger') }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        segment_type,
        segment_value,
        {%- for column in [
            'opening_customers', 'new_customers', 'reactivated_customers', 'churned_customers',
            'closing_customers', 'intra_period_customers', 'transferred_in_customers',
            'transferred_out_customers', 'avoidably_churned_customers', 'winback_eligible_churns',
            'won_back_churns',
        ] %}
        cast({{ column }} as integer) as {{ column }},
        {%- endfor %}
        cast({{ retained_customers }} as integer) as retained_customers,
        cast(opening_customers - churned_customers as integer) as kept_customers,
        {%- for column in [
            'opening_mrr', 'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'contraction_mrr',
            'churn_mrr', 'closing_mrr', 'transferred_in_mrr', 'transferred_out_mrr',
        ] %}
        cast({{ column }} as numeric(18, 4)) as {{ column }},
        {%- endfor %}
        {%- for column, amount in {
            'won_mrr': won_mrr('new_mrr', 'reactivation_mrr', 'expansion_mrr'),
            'lost_mrr': lost_mrr('churn_mrr', 'contraction_mrr'),
            'net_lost_mrr': net_lost_mrr('churn_mrr', 'contraction_mrr', 'expansion_mrr'),
            'gross_retained_mrr': 'opening_mrr - ' ~ lost_mrr('churn_mrr', 'contraction_mrr'),
            'net_retained_mrr': 'opening_mrr - ' ~ net_lost_mrr(
                'churn_mrr', 'contraction_mrr', 'expansion_mrr'
            ),
        }.items() %}
        cast({{ amount }} as numeric(18, 4)) as {{ column }},
        {%- endfor %}
        {{ customer_churn_rate('churned_customers', 'opening_customers') }} as customer_churn_rate,
        {{ revenue_churn_rate('churn_mrr', 'opening_mrr') }} as revenue_churn_rate,
        {{ gross_revenue_churn_rate('churn_mrr', 'contraction_mrr', 'opening_mrr') }}
            as gross_revenue_churn_rate,
        {{ net_revenue_churn_rate('churn_mrr', 'contraction_mrr', 'expansion_mrr', 'opening_mrr') }}
            as net_revenue_churn_rate,
        {{ gross_revenue_retention('churn_mrr', 'contraction_mrr', 'opening_mrr') }}
            as gross_revenue_retention,
        {{ net_revenue_retention('churn_mrr', 'contraction_mrr', 'expansion_mrr', 'opening_mrr') }}
            as net_revenue_retention,
        {{ customer_retention_rate('churned_customers', 'opening_customers') }}
            as customer_retention_rate,
        {{ existing_customer_share(retained_customers, 'closing_customers') }}
            as existing_customer_share,
        {{ quick_ratio(
            'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'churn_mrr', 'contraction_mrr'
        ) }} as quick_ratio,
        cast({{ arr('closing_mrr') }} as numeric(18, 4)) as arr,
        {{ arpa('closing_mrr', 'closing_customers') }} as arpa,
        {{ avoidable_churn_rate('avoidably_churned_customers', 'opening_customers') }}
            as avoidable_churn_rate,
        {{ winback_rate('won_back_churns', 'winback_eligible_churns') }} as winback_rate
    from ledger
)

select * from final
