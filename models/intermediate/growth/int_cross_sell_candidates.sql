-- Customers that used features related to a product they do not have in at least three of the last
-- four complete weeks.

{%- set whole_weeks = 4 %}
{%- set this_monday = period_start('week', add_days(as_of_date(), 1)) %}

with

usage_events as (
    select * from {{ ref('customer_success', 'int_usage_events') }}
    where feature_code is not null
        and week_start >= {{ add_days(this_monday, -7 * whole_weeks) }}
        and week_start < {{ this_monday }}
),

features as (
    select * from {{ config_seed('feature_catalog') }}
    where related_product_id is not null
),

products as (
    select product_id from {{ ref('customer_success', 'stg_plans') }}
    where not is_deleted
    union
    select product_id from {{ ref('customer_success', 'stg_products') }}
    where not is_deleted
),

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
    where mrr > 0
        and from_on <= {{ as_of_date() }}
        and (to_on is null or to_on > {{ as_of_date() }})
),

related_weeks as (
    select distinct
        usage_events.customer_id,
        features.related_product_id as product_id,
        usage_events.week_start
    from usage_events
    inner join features on usage_events.feature_code = features.feature_code
    inner join products on features.related_product_id = products.product_id
),

related_use as (
    select
        customer_id,
        product_id,
        count(*) as weeks
    from related_weeks
    group by customer_id, product_id
    having count(*) >= 3
),

owned_products as (
    select distinct
        customer_id,
        product_id
    from item_spans
),

candidates as (
    select
        related_use.customer_id,
        'cross_sell' as candidate_type,
        related_use.product_id,
        'used features related to ' || related_use.product_id || ' in '
        || {{ whole_number('related_use.weeks') }}
        || ' of the last {{ whole_weeks }} weeks' as evidence
    from related_use
    left join owned_products
        on related_use.customer_id = owned_products.customer_id
            and related_use.product_id = owned_products.product_id
    where owned_products.product_id is null
)

select * from candidates
