with

windows as (
    select * from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'trailing_12_months'
        and period_end <= {{ add_days(as_of_date(), -1 * var('validation_horizon_days') | int) }}
),

indicator_values as (
    select * from {{ ref('customer_success', 'int_indicator_values') }}
),

window_values as (
    select
        indicator_values.indicator_code,
        windows.period_start as window_start,
        windows.period_end as window_end,
        indicator_values.indicator_value,
        sum(indicator_values.observations) as observations,
        sum(indicator_values.churned) as churned
    from windows
    inner join indicator_values
        on indicator_values.month_end between windows.period_start and windows.period_end
    group by
        indicator_values.indicator_code,
        windows.period_start,
        windows.period_end,
        indicator_values.indicator_value
),

running as (
    select
        *,
        observations - churned as retained,
        sum(observations) over (
            partition by indicator_code, window_end order by indicator_value
            rows between unbounded preceding and current row
        ) as observations_up_to,
        sum(observations - churned) over (
            partition by indicator_code, window_end order by indicator_value
            rows between unbounded preceding and current row
        ) as retained_up_to,
        sum(observations) over (partition by indicator_code, window_end) as all_observations,
        sum(observations - churned) over (partition by indicator_code, window_end) as all_retained
    from window_values
),

-- observations with a lower and with a higher value
ranked as (
    select
        *,
        observations_up_to - observations as lower_observations,
        all_observations - observations_up_to as higher_observations,
        all_retained - retained_up_to as higher_retained
    from running
),

placed as (
    select
        *,
        5 * lower_observations < all_observations as is_worst_fifth,
        5 * higher_observations < all_observations as is_best_fifth
    from ranked
),

totals as (
    select
        indicator_code,
        window_start,
        window_end,
        sum(observations) as observations,
        sum(churned) as churned,
        sum(retained) as retained,
        sum(indicator_value * churned) as churned_value_sum,
        sum(indicator_value * retained) as retained_value_sum,
        -- pairs of a churned and a retained customer in which the retained one has the higher
        -- value, counted twice, so that ties can count half
        sum(cast(churned as numeric(38, 0)) * (2 * higher_retained + retained)) as doubled_pairs,
        sum(case when is_worst_fifth then observations else 0 end) as worst_fifth_observations,
        sum(case when is_worst_fifth then churned else 0 end) as worst_fifth_churned,
        sum(case when is_best_fifth then observations else 0 end) as best_fifth_observations,
        sum(case when is_best_fifth then churned else 0 end) as best_fifth_churned
    from placed
    group by indicator_code, window_start, window_end
),

measured as (
    select
        *,
        {{ ratio('doubled_pairs', '(2 * cast(churned as numeric(38, 0)) * retained)') }} as auc
    from totals
),

with_error as (
    select
        *,
        1.96 * {{ auc_standard_error('auc', 'churned', 'retained') }} as margin
    from measured
    where auc is not null
    union all
    select
        *,
        cast(null as {{ type_double() }}) as margin
    from measured
    where auc is null
),

bounded as (
    select
        *,
        case when auc - margin < 0 then 0 else auc - margin end as auc_low,
        case when auc + margin > 1 then 1 else auc + margin end as auc_high
    from with_error
),

final as (
    select
        indicator_code,
        window_start,
        window_end,
        cast(observations as integer) as observations,
        cast(churned as integer) as churned,
        {{ ratio('churned_value_sum', 'churned') }} as mean_churned,
        {{ ratio('retained_value_sum', 'retained') }} as mean_retained,
        auc,
        auc_low,
        auc_high,
        {{ ratio('worst_fifth_churned', 'worst_fifth_observations') }} as worst_fifth_churn_rate,
        {{ ratio('best_fifth_churned', 'best_fifth_observations') }} as best_fifth_churn_rate,
        {{ verdict('auc_low', 'auc_high') }} as verdict
    from bounded
)

select * from final
