with

early_customers as (
    select * from {{ ref('customer_success', 'int_early_customers') }}
),

early_behaviours as (
    select * from {{ ref('customer_success', 'int_early_behaviours') }}
),

population as (
    select
        count(*) as customers,
        coalesce(sum(retained), 0) as retained
    from early_customers
),

reached_values as (
    select
        behaviour_code,
        reached,
        count(*) as customers,
        sum(retained) as retained
    from early_behaviours
    group by behaviour_code, reached
),

-- all customers that reached at least that value
thresholds as (
    select
        behaviour_code,
        reached,
        sum(customers) over (
            partition by behaviour_code order by reached desc
            rows between unbounded preceding and current row
        ) as customers_above,
        sum(retained) over (
            partition by behaviour_code order by reached desc
            rows between unbounded preceding and current row
        ) as retained_above
    from reached_values
),

sided as (
    select
        thresholds.behaviour_code,
        -- days to onboard are negative
        abs(thresholds.reached) as threshold,
        thresholds.customers_above,
        thresholds.retained_above,
        population.customers - thresholds.customers_above as customers_below,
        population.retained - thresholds.retained_above as retained_below,
        population.customers,
        population.retained
    from thresholds
    cross join population
    where thresholds.customers_above >= {{ var('magic_min_customers') }}
        and population.customers - thresholds.customers_above >= {{ var('magic_min_customers') }}
),

measured as (
    select
        *,
        {{ ratio('retained_above', 'customers_above') }} as retained_rate_above,
        {{ ratio('retained_below', 'customers_below') }} as retained_rate_below,
        {{ matthews_correlation('retained_above', 'customers_above', 'retained', 'customers') }}
            as mcc,
        count(*) over () as thresholds_tried
    from sided
),

judged as (
    select
        *,
        {{ chi_square('mcc', 'customers') }} as chi_square,
        row_number() over (
            partition by behaviour_code
            order by cast(mcc as numeric(18, 12)) desc nulls last, threshold
        ) as mcc_rank
    from measured
),

final as (
    select
        behaviour_code,
        cast(threshold as {{ type_double() }}) as threshold,
        cast(customers_above as integer) as customers_above,
        cast(customers_below as integer) as customers_below,
        retained_rate_above,
        retained_rate_below,
        retained_rate_above / nullif({{ ratio('retained', 'customers') }}, 0) as lift,
        retained_rate_above as precision,
        {{ ratio('retained_above', 'retained') }} as recall,
        mcc,
        chi_square,
        mcc_rank = 1 and mcc is not null as is_best,
        coalesce(chi_square > {{ chi_square_limit('thresholds_tried') }}, false) as is_significant
    from judged
)

select * from final
