{#
    Churn and retention. Arguments are SQL: customers and MRR at opening and closing of a period,
    movements as amounts ≥ 0. Rates are doubles, null where the denominator is 0.
#}

{% macro customer_churn_rate(churned_customers, opening_customers) -%}
    {#- 解約率: customers churned ÷ active at opening. -#}
    {{ ratio(churned_customers, opening_customers) }}
{%- endmacro %}

{% macro customer_retention_rate(churned_customers, opening_customers) -%}
    {#- 継続率: 1 − customer_churn_rate. -#}
    1 - {{ customer_churn_rate(churned_customers, opening_customers) }}
{%- endmacro %}

{% macro revenue_churn_rate(churn_mrr, opening_mrr) -%}
    {#- レベニューチャーン: MRR of the churned ÷ opening MRR. -#}
    {{ ratio(churn_mrr, opening_mrr) }}
{%- endmacro %}

{% macro lost_mrr(churn_mrr, contraction_mrr) -%}
    {#- MRR lost: churn + contraction. -#}
    ({{ churn_mrr }} + {{ contraction_mrr }})
{%- endmacro %}

{% macro net_lost_mrr(churn_mrr, contraction_mrr, expansion_mrr) -%}
    {#- MRR lost less expansion. -#}
    ({{ lost_mrr(churn_mrr, contraction_mrr) }} - {{ expansion_mrr }})
{%- endmacro %}

{% macro won_mrr(new_mrr, reactivation_mrr, expansion_mrr) -%}
    {#- MRR won: new + reactivation + expansion. -#}
    ({{ new_mrr }} + {{ reactivation_mrr }} + {{ expansion_mrr }})
{%- endmacro %}

{% macro gross_revenue_churn_rate(churn_mrr, contraction_mrr, opening_mrr) -%}
    {#- グロスレベニューチャーン: (churn + contraction) ÷ opening MRR. -#}
    {{ ratio(lost_mrr(churn_mrr, contraction_mrr), opening_mrr) }}
{%- endmacro %}

{% macro net_revenue_churn_rate(churn_mrr, contraction_mrr, expansion_mrr, opening_mrr) -%}
    {#- ネットレベニューチャーン: (churn + contraction − expansion) ÷ opening MRR. -#}
    {{ ratio(net_lost_mrr(churn_mrr, contraction_mrr, expansion_mrr), opening_mrr) }}
{%- endmacro %}

{% macro gross_revenue_retention(churn_mrr, contraction_mrr, opening_mrr) -%}
    {#- GRR: 1 − gross_revenue_churn_rate. -#}
    1 - {{ gross_revenue_churn_rate(churn_mrr, contraction_mrr, opening_mrr) }}
{%- endmacro %}

{% macro net_revenue_retention(churn_mrr, contraction_mrr, expansion_mrr, opening_mrr) -%}
    {#- NRR: 1 − net_revenue_churn_rate. -#}
    1 - {{ net_revenue_churn_rate(churn_mrr, contraction_mrr, expansion_mrr, opening_mrr) }}
{%- endmacro %}

{% macro existing_customer_share(retained_customers, closing_customers) -%}
    {#- 継続顧客比率: active at opening and closing ÷ active at closing. -#}
    {{ ratio(retained_customers, closing_customers) }}
{%- endmacro %}

{% macro quick_ratio(new_mrr, reactivation_mrr, expansion_mrr, churn_mrr, contraction_mrr) -%}
    {#- クイックレシオ: MRR won ÷ MRR lost. -#}
    {{ ratio(
        won_mrr(new_mrr, reactivation_mrr, expansion_mrr), lost_mrr(churn_mrr, contraction_mrr)
    ) }}
{%- endmacro %}

{% macro arr(mrr) -%}
    {#- ARR: 12 × MRR. -#}
    12 * {{ mrr }}
{%- endmacro %}

{% macro arpa(mrr, active_customers) -%}
    {#- 平均単価: MRR ÷ active customers. -#}
    {{ ratio(mrr, active_customers) }}
{%- endmacro %}

{% macro avoidable_churn_rate(avoidably_churned_customers, opening_customers) -%}
    {#- 回避可能解約率: churned neither graduated nor involuntarily ÷ active at opening. -#}
    {{ ratio(avoidably_churned_customers, opening_customers) }}
{%- endmacro %}

{% macro winback_rate(won_back_churns, winback_eligible_churns) -%}
    {#- 復帰率: churns that came back within winback_days ÷ churns that had the time to. -#}
    {{ ratio(won_back_churns, winback_eligible_churns) }}
{%- endmacro %}

{% macro cohort_retention_rate(retained_customers, cohort_customers) -%}
    {#- コホート別継続率: customers of a cohort still active ÷ customers of the cohort. -#}
    {{ ratio(retained_customers, cohort_customers) }}
{%- endmacro %}

{% macro mrr_retention_rate(retained_mrr, cohort_mrr) -%}
    {#- MRR of a cohort now ÷ its MRR at the start; above 1 when it grew. -#}
    {{ ratio(retained_mrr, cohort_mrr) }}
{%- endmacro %}
