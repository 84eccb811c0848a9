-- Usage score of each complete week with usage, where the customer is active on the Sunday.

with

weekly as (
    select
        *,
        {{ add_days('week_start', 6) }} as week_end
    from {{ ref('customer_success', 'int_usage_weekly') }}
),

states as (
    select * from {{ ref('customer_success', 'int_mrr_daily_changes') }}
    where mrr_after > 0
),

features as (
    select count(*) as feature_count from {{ config_seed('feature_catalog') }}
),

-- whether any event carries a user
users as (
    select coalesce(max(active_users), 0) > 0 as are_known from weekly
),

weights as (
    select
        {%- for component in ['active_days', 'session_minutes', 'features', 'active_users'] %}
        coalesce(max(case when component = '{{ component }}' then weight end), 0)
            as {{ component }}_weight,
        {%- endfor %}
        max(case when component = 'active_days' then full_at end) as full_active_days,
        max(case when component = 'session_minutes' then full_at end) as full_session_minutes
    from {{ config_seed('usage_score_weights') }}
),

components as (
    select
        weekly.customer_id,
        weekly.week_start,
        weekly.week_end,
        states.seats_after,
        {{ full_marks_at('weekly.active_days', 'weights.full_active_days') }} as active_days,
        {% if raw_table_is_present('sessions') -%}
        {{ full_marks_at('weekly.session_minutes', 'weights.full_session_minutes') }}
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as session_minutes,
        {% if raw_table_is_present('feature_events') -%}
        {{ ratio('weekly.features_used', 'features.feature_count') }}
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as features,
        case
            when users.are_known
                then {{ full_marks_at('weekly.active_users', 'states.seats_after') }}
        end as active_users,
        weights.active_days_weight,
        weights.session_minutes_weight,
        weights.features_weight,
        weights.active_users_weight
    from weekly
    inner join states
        on weekly.customer_id = states.customer_id
            and weekly.week_end >= states.changed_on
            and (weekly.week_end < states.next_changed_on or states.next_changed_on is null)
    cross join features
    cross join users
    cross join weights
    where weekly.week_end <= {{ as_of_date() }}
),

scores as (
    select
        customer_id,
        week_start,
        week_end,
        {{ whole_units('seats_after') }} as seats,
        {{ weighted_score([
            ('active_days', 'active_days_weight'),
            ('session_minutes', 'session_minutes_weight'),
            ('features', 'features_weight'),
            ('active_users', 'active_users_weight'),
        ]) }} as usage_score,
        seats_after as quantity_exact
    from components
)

select * from scores
