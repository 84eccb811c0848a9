-- The usual way, for comparison: every customer in every month, MRR at the month's end, lag, classify.
-- Month grain only. It starts, as the project's own models do, from the staged tables.

create or replace table month_spine_movements as

with

months as (
    select
        cast(unnest(generate_series(
            date_trunc('month', (select min(signed_up_on) from main_staging.stg_customers)),
            date '{as_of_date}',
            interval 1 month
        )) as date) as month_start
),

month_ends as (
    select
        month_start,
        least(last_day(month_start), date '{as_of_date}') as month_end
    from months
),

customers as (
    select customer_id
    from main_staging.stg_customers
    where not is_internal
),

rates as (
    select
        currency_code,
        rate_to_reporting,
        valid_from as from_on,
        coalesce(
            lead(valid_from) over (partition by currency_code order by valid_from), date '9999-12-31'
        ) as to_on
    from main_staging.stg_exchange_rates
),

items as (
    select
        subscriptions.customer_id,
        items.plan_id,
        greatest(items.valid_from_on, subscriptions.started_on) as from_on,
        least(items.valid_to_on, subscriptions.ended_on) as to_on,
        cast(round(
            items.quantity * cast(items.unit_price as double) * (1 - items.discount_rate)
            * coalesce(rates.rate_to_reporting, 1) / case items.billing_interval
                when 'year' then 12
                when 'half_year' then 6
                when 'quarter' then 3
                when 'month' then 1
                when 'week' then 12 / 52
                else 12 / 365
            end, 4
        ) as decimal(18, 4)) as mrr
    from main_staging.stg_subscription_items as items
    inner join main_staging.stg_subscriptions as subscriptions
        on items.subscription_id = subscriptions.subscription_id
    left join rates
        on items.currency_code = rates.currency_code
            and items.valid_from_on >= rates.from_on
            and items.valid_from_on < rates.to_on
    where subscriptions.started_on is not null
),

customer_months as (
    select
        customers.customer_id,
        month_ends.month_start,
        month_ends.month_end
    from customers
    cross join month_ends
),

monthly_items as (
    select
        items.customer_id,
        month_ends.month_start,
        sum(items.mrr) as mrr,
        arg_max(items.plan_id, items.mrr) as plan_id
    from items
    inner join month_ends
        on month_ends.month_end >= items.from_on
            and (month_ends.month_end < items.to_on or items.to_on is null)
    group by items.customer_id, month_ends.month_start
),

monthly_mrr as (
    select
        customer_months.customer_id,
        customer_months.month_start,
        customer_months.month_end,
        coalesce(monthly_items.mrr, 0) as mrr,
        monthly_items.plan_id
    from customer_months
    left join monthly_items
        on customer_months.customer_id = monthly_items.customer_id
            and customer_months.month_start = monthly_items.month_start
),

lagged as (
    select
        *,
        lag(mrr, 1, 0) over by_month as opening_mrr,
        lag(plan_id) over by_month as opening_plan_id,
        max(case when mrr > 0 then 1 else 0 end) over (
            partition by customer_id order by month_start
            rows between unbounded preceding and 1 preceding
        ) as was_active_before
    from monthly_mrr
    window by_month as (partition by customer_id order by month_start)
),

classified as (
    select
        customer_id,
        month_start,
        month_end,
        case
            when opening_mrr = 0 and mrr > 0 and coalesce(was_active_before, 0) = 0 then 'new'
            when opening_mrr = 0 and mrr > 0 then 'reactivation'
            when opening_mrr > 0 and mrr = 0 then 'churn'
            when mrr > opening_mrr then 'expansion'
            when mrr < opening_mrr then 'contraction'
        end as movement_type,
        opening_mrr,
        mrr as closing_mrr,
        mrr - opening_mrr as mrr_change,
        opening_plan_id,
        plan_id as closing_plan_id
    from lagged
)

select * from classified
