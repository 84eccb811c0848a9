with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'int_onboarding_totals') }}
),

ended_trials as (
    select * from {{ ref('customer_success', 'fct_trials') }}
    where trial_ended_on is not null
),

trials as (
    {{ counted_by_period(
        'ended_trials', day='trial_ended_on',
        measures={
            'trials_ended': 'count(*)',
            'trials_converted': count_where('is_converted'),
            'fast_trials_ended': count_where('onboarded_within_24_hours'),
            'fast_trials_converted': count_where('onboarded_within_24_hours and is_converted'),
        },
        segments='segments', period_days='period_days',
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['onboarding', 'trials']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('onboarding.due_customers') }} as due_customers,
        {{ count_or_zero('onboarding.completed_customers') }} as completed_customers,
        {{ count_or_zero('onboarding.signed_up_customers') }} as signed_up_customers,
        {{ count_or_zero('onboarding.first_value_customers') }} as first_value_customers,
        {{ count_or_zero('trials.trials_ended') }} as trials_ended,
        {{ count_or_zero('trials.trials_converted') }} as trials_converted,
        {{ count_or_null('trials.fast_trials_ended', ['onboarding_events']) }} as fast_trials_ended,
        {{ count_or_null('trials.fast_trials_converted', ['onboarding_events']) }}
            as fast_trials_converted,
        onboarding.median_days_to_onboard,
        onboarding.median_days_to_first_value
    from keys
    {{ join_kpi_sources('keys', ['onboarding', 'trials']) }}
),

others as (
    select
        *,
        signed_up_customers - first_value_customers as customers_without_first_value,
        trials_ended - fast_trials_ended as other_trials_ended,
        trials_converted - fast_trials_converted as other_trials_converted
    from totals
    where {{ has_activity(['due_customers', 'signed_up_customers', 'trials_ended']) }}
),

rated as (
    select
        *,
        {{ ratio('completed_customers', 'due_customers') }} as onboarding_completion_rate,
        {{ ratio('customers_without_first_value', 'signed_up_customers') }}
            as without_first_value_share,
        {{ ratio('trials_converted', 'trials_ended') }} as trial_conversion_rate,
        {{ ratio('fast_trials_converted', 'fast_trials_ended') }}
            as fast_onboarding_conversion_rate,
        {{ ratio('other_trials_converted', 'other_trials_ended') }} as other_conversion_rate
    from others
),

final as (
    select
        *,
        fast_onboarding_conversion_rate - other_conversion_rate as conversion_uplift
    from rated
)

select * from final
