-- The months whose health is computed, each with a hash of all that its components are computed
-- from: the signals that are valid on its last day, and the customers active then with their
-- onboarding deadlines. scores_hash adds the weights and bands by which components become scores.

{%- set tables = [
    'sessions', 'feature_events', 'onboarding_events', 'support_tickets', 'orders',
    'campaign_touches', 'community_activities',
] %}

with

months as (
    select closing_on as month_end
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'month'
),

signals as (
    select * from {{ ref('customer_success', 'int_health_signals') }}
),

active_spans as (
    select * from {{ ref('customer_success', 'int_active_spans') }}
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
),

weights as (
    select {{ rows_hash(['component', 'weight']) }} as weights_hash
    from {{ config_seed('health_score_weights') }}
),

bands as (
    select {{ rows_hash(['health_band', 'from_score']) }} as bands_hash
    from {{ config_seed('health_bands') }}
),

-- a customer with a deadline is in progress before the deadline too
deadlines as (
    select
        active_spans.*,
        onboarding.deadline_on
    from active_spans
    left join onboarding on active_spans.customer_id = onboarding.customer_id
),

-- a customer that started or churned within the last weeks was active on some of their Sundays only
turns as (
    select
        customer_id,
        from_on as turned_on,
        'came' as turn
    from active_spans
    union all
    select
        customer_id,
        to_on as turned_on,
        'left' as turn
    from active_spans
    where to_on is not null
),

hashed as (
    select
        from_on,
        last_on,
        {{ row_hash(['customer_id', 'signal_type', 'signal_value']) }} as row_hash
    from signals
    union all
    select
        from_on,
        {{ add_days('to_on', -1) }} as last_on,
        {{ row_hash(['customer_id', 'deadline_on']) }} as row_hash
    from deadlines
    union all
    select
        turned_on as from_on,
        {{ add_days('turned_on', 7 * health_usage_weeks() - 1) }} as last_on,
        {{ row_hash(['customer_id', 'turned_on', 'turn']) }} as row_hash
    from turns
),

month_sums as (
    {{ hashes_of_days('months', 'month_end', 'hashed') }}
),

signal_hashes as (
    select
        month_end,
        '{{ landed_tables(tables) | join(" ") }}:'
        || cast(day_hash as {{ dbt.type_string() }}) as signals_hash
    from month_sums
),

month_hashes as (
    select
        signal_hashes.month_end,
        signal_hashes.signals_hash,
        signal_hashes.signals_hash || ':' || weights.weights_hash || ':' || bands.bands_hash
            as scores_hash
    from signal_hashes
    cross join weights
    cross join bands
)

select * from month_hashes
