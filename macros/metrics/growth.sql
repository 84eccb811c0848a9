{# Growth within customers. Arguments are SQL. #}

{% macro product_driver(
    opening_mrr, closing_mrr, opening_tier, closing_tier, opening_quantity, closing_quantity, is_new
) -%}
    {#-
        What changed a product's MRR at a customer between two days: cross_sell, product_returned,
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


{% macro is_top_tier(tier_rank, product_id, is_deleted) -%}
    {#-
        Whether no plan that is still sold is of a higher tier of the product; false without a tier. A
        window.
    -#}
    coalesce(
        {{ tier_rank }} >= coalesce(
            max(case when not {{ is_deleted }} then {{ tier_rank }} end) over (
                partition by {{ product_id }}
            ),
            {{ tier_rank }}
        ),
        false
    )
{%- endmacro %}
