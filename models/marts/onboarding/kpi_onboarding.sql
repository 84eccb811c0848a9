{%- set sources = ['onboarding', 'trials'] -%}
{%- set counts = [
    'due_customers', 'completed_customers', 'signed_up_customers', 'first_value_customers',
    'trials_ended', 'trials_converted',
] -%}
{%- set fast_counts = ['fast_trials_ended', 'fast_trials_converted'] %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

onboarding as (
    select * from {{ ref('int_onboarding_totals') }}
),

trials_daily as (
    select * from {{ ref('int_trial_totals_daily') }}
),

trials as (
    {{ period_totals(
        'trials_daily', 'trial_ended_on', ['trials_ended', 'trials_converted'] + fast_counts
    ) }}
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
        {%- for count in fast_counts %}
        {{ known_count(count, ['onboarding_events']) }} as {{ count }},
        {%- endfor %}
        onboarding.median_days_to_onboard,
        onboarding.median_days_to_first_value
    from keys
    {{ join_kpi_sources(sources) }}
),

others as (
    select
        *,
        signed_up_customers - first_value_customers as customers_without_first_value,
        trials_ended - fast_trials_ended as other_trials_ended,
        trials_converted - fast_trials_converted as other_trials_converted
    from totals
    where {{ is_counted(counts) }}
),

rated as (
    select
        *,
        {{ onboarding_completion_rate('completed_customers', 'due_customers') }}
            as onboarding_completion_rate,
        {{ without_first_value_share('customers_without_first_value', 'signed_up_customers') }}
            as without_first_value_share,
        {{ trial_conversion_rate('trials_converted', 'trials_ended') }} as trial_conversion_rate,
        {{ trial_conversion_rate('fast_trials_converted', 'fast_trials_ended') }}
            as fast_onboarding_conversion_rate,
        {{ trial_conversion_rate('other_trials_converted', 'other_trials_ended') }}
            as other_conversion_rate
    from others
),

final as (
    select
        *,
        {{ conversion_uplift('fast_onboarding_conversion_rate', 'other_conversion_rate') }}
            as conversion_uplift
    from rated
)

select * from final
