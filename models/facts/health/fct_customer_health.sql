-- The health score of every customer and month, by the weights and bands of the config seeds, which
-- may change without computing the components again.

{{ config(materialized='view') }}

with

components as (
    select * from {{ ref('customer_success', 'int_health_components') }}
),

weights as (
    select
        {% for component in health_components() -%}
        coalesce(max(case when component = '{{ component }}' then weight end), 0)
            as {{ component }}_weight,
        {% endfor -%}
        count(*) as components
    from {{ config_seed('health_score_weights') }}
),

bands as (
    select
        health_band,
        from_score,
        lead(from_score) over (order by from_score) as next_from_score
    from {{ config_seed('health_bands') }}
),

scored as (
    select
        components.*,
        {{ health_score([
            ('usage', 'usage_weight'),
            ('onboarding', 'onboarding_weight'),
            ('nps', 'nps_weight'),
            ('support', 'support_weight'),
            ('payment', 'payment_weight'),
            ('engagement', 'engagement_weight'),
        ]) }} as health_score
    from components
    cross join weights
),

scores as (
    select
        scored.customer_id,
        scored.month_end,
        scored.usage,
        scored.onboarding,
        scored.nps,
        scored.support,
        scored.payment,
        scored.engagement,
        scored.health_score,
        bands.health_band
    from scored
    left join bands
        on cast(scored.health_score as numeric(18, 6)) >= bands.from_score
            and (
                cast(scored.health_score as numeric(18, 6)) < bands.next_from_score
                or bands.next_from_score is null
            )
)

select * from scores
