{# Growth within customers. Arguments are SQL. #}

{% macro product_driver(
    opening_mrr, closing_mrr, opening_tier, closing_tier, opening_quantity, closing_quantity, is_new
) -%}
    {#-
        What moved a product's MRR at a customer between two days: cross_sell, product_returned,
        product_dropped, upsell, downgrade, seats or price.

        MRR, tier_rank and quantity of the product at either end; is_new: whether it was in force on
        no day before.
    -#}
    case
        when {{ opening_mrr }} = 0 and {{ is_new }} then 'cross_sell'
        when {{ opening_mrr }} = 0 then 'product_returned'
        when {{ closing_mrr }} = 0 then 'product_dropped'
        when {{ closing_tier }} > {{ opening_tier }} then 'upsell'
        when {{ closing_tier }} < {{ opening_tier }} then 'downgrade'
        when {{ closing_quantity }} <> {{ opening_quantity }} then 'seats'
        else 'price'
    end
{%- endmacro %}

{% macro is_top_tier(tier_rank, product_id) -%}
    {#- Whether a plan is of the highest tier of its product; false without a tier. A window. -#}
    coalesce({{ tier_rank }} = max({{ tier_rank }}) over (partition by {{ product_id }}), false)
{%- endmacro %}

{% macro upsell_rate(upsold_customers, opening_customers) -%}
    {#- アップセル率: customers with a product whose tier rose ÷ active at opening. -#}
    {{ ratio(upsold_customers, opening_customers) }}
{%- endmacro %}

{% macro cross_sell_rate(cross_sold_customers, opening_customers) -%}
    {#- クロスセル率: customers with a product new to them ÷ active at opening. -#}
    {{ ratio(cross_sold_customers, opening_customers) }}
{%- endmacro %}

{% macro downgrade_rate(downgraded_customers, opening_customers) -%}
    {#- ダウングレード率: customers with a product whose tier fell ÷ active at opening. -#}
    {{ ratio(downgraded_customers, opening_customers) }}
{%- endmacro %}

{% macro offer_acceptance_rate(offers_accepted, offers_decided) -%}
    {#- 提案受諾率: offers accepted ÷ offers decided. -#}
    {{ ratio(offers_accepted, offers_decided) }}
{%- endmacro %}

{% macro post_upsell_churn_rate(churned_upsells, observed_upsells) -%}
    {#- アップセル後解約率: upsells whose customer was at MRR 0 within 90 days ÷ upsells that old. -#}
    {{ ratio(churned_upsells, observed_upsells) }}
{%- endmacro %}
