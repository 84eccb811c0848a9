{%- set policies = [
    'raw_mode', 'max_rejected_share', 'min_rejected_rows', 'reporting_start_date', 'max_reporting_years',
    'reporting_timezone', 'source_timezone', 'reporting_currency', 'fiscal_year_start_month',
    'churn_recognition', 'mrr_gap_days', 'renewal_grace_days', 'dormant_days', 'winback_days',
    'gross_margin', 'monthly_discount_rate', 'ltv_max_lifetime_months', 'survival_min_at_risk',
    'trial_conversion_days', 'low_usage_minutes', 'low_usage_weeks', 'ladder_days',
    'health_nps_days', 'health_payment_days', 'health_engagement_days', 'health_open_ticket_days',
    'renewal_alert_days', 'bill_shock_ratio', 'bill_shock_minutes_growth',
    'validation_horizon_days', 'early_days', 'magic_min_customers', 'customer_columns',
    'segments', 'max_segment_values',
] %}

with

reporting_start as (
    select * from {{ ref('customer_success', 'int_reporting_start') }}
),

policies as (
    select
        'as_of_date' as policy_name,
        '{{ as_of_day() }}' as policy_value
    union all
    -- what follows from reporting_start_date and max_reporting_years
    select
        'first_reported_day' as policy_name,
        {{ day_text('starts_on') }} as policy_value
    from reporting_start
    {% for policy in policies -%}
    union all
    select
        '{{ policy }}' as policy_name,
        {{ policy_text(policy) }} as policy_value
    {% endfor %}
)

select * from policies
