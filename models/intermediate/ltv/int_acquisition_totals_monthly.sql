-- Acquisition cost by calendar month: of all channels, and of each where channels are reported.

with

costs as (
    select
        *,
        {{ month_start('cost_month') }} as month_start
    from {{ ref('customer_success', 'stg_acquisition_costs') }}
),

daily_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_daily') }}
),

first_rates as (
    select * from {{ ref('customer_success', 'int_exchange_rates_first') }}
),

merged as (
    select * from {{ ref('customer_success', 'int_merged_segment_values') }}
),

converted as (
    select
        costs.month_start,
        {{ reported_value('acquisition_channel', 'costs.acquisition_channel') }}
            as acquisition_channel,
        {{ converted_amount('costs.amount', 'daily_rates', 'first_rates', 'costs.currency_code') }}
            as amount
    from costs
    {{ join_exchange_rates(
        'daily_rates', 'first_rates', 'costs.currency_code', 'costs.month_start'
    ) }}
    {{ join_merged_values('merged', {'acquisition_channel': 'costs.acquisition_channel'}) }}
),

totals as (
    select
        month_start,
        'all' as segment_type,
        'all' as segment_value,
        sum(amount) as acquisition_cost
    from converted
    group by month_start
    {%- if 'acquisition_channel' in segment_types() %}
    union all
    select
        month_start,
        'acquisition_channel' as segment_type,
        acquisition_channel as segment_value,
        sum(amount) as acquisition_cost
    from converted
    group by month_start, acquisition_channel
    {%- endif %}
)

select * from totals
