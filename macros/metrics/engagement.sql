{# Use, community and campaigns. Arguments are SQL. #}

{% macro full_marks_at(value, full_at) -%}
    {#- value ÷ full_at, at most 1, as a double; null where full_at is 0 or null. -#}
    case
        when {{ value }} >= {{ full_at }} and {{ full_at }} > 0 then 1
        else {{ ratio(value, full_at) }}
    end
{%- endmacro %}

{% macro weighted_score(components) -%}
    {#-
        100 × weighted mean of the components that are not null; null without any.

        components: list of pairs (value from 0 to 1, weight ≥ 0), SQL.
    -#}
    100 * (
        {%- for value, weight in components %}
        coalesce({{ value }} * {{ weight }}, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    ) / nullif(
        {%- for value, weight in components %}
        case when {{ value }} is not null then {{ weight }} else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}, 0
    )
{%- endmacro %}

{% macro usage_score(usage_score_sum, active_customer_weeks) -%}
    {#- 活用スコア: sum of the weekly scores ÷ weeks in which a customer was active. -#}
    {{ ratio(usage_score_sum, active_customer_weeks) }}
{%- endmacro %}

{% macro low_usage_customer_rate(low_usage_customers, active_customers) -%}
    {#- 低活用顧客率: customers with a run of low use ÷ active customers. -#}
    {{ ratio(low_usage_customers, active_customers) }}
{%- endmacro %}

{% macro top_stage_rate(top_stage_customers, stage_due_customers) -%}
    {#- 最上位ステージ到達率: customers at the top of the feature ladder in time ÷ all of that age. -#}
    {{ ratio(top_stage_customers, stage_due_customers) }}
{%- endmacro %}

{% macro community_participation_rate(community_customers, active_customers) -%}
    {#- コミュニティ参加率: active customers with a community activity ÷ active customers. -#}
    {{ ratio(community_customers, active_customers) }}
{%- endmacro %}

{% macro campaign_rate(touches, touches_sent) -%}
    {#- 到達率、開封率、クリック率、反応率: touches that were delivered, opened, … ÷ sent. -#}
    {{ ratio(touches, touches_sent) }}
{%- endmacro %}
