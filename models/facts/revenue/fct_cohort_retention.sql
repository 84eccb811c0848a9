with

cohort_changes as (
    select * from {{ ref('customer_success', 'int_cohort_changes') }}
),

cohorts as (
    select
        cohort_month,
        segment_type,
        segment_value,
        sum(cohort_customers) as cohort_customers,
        sum(cohort_mrr) as cohort_mrr
    from cohort_changes
    group by cohort_month, segment_type, segment_value
),

months as (
    select distinct {{ month_number('day_on') }} as month_number
    from ({{ date_range('(select min(cohort_month) from cohorts)', as_of_date()) }}) as days
),

retained as (
    select
        cohorts.cohort_month,
        months.month_number - {{ month_number('cohorts.cohort_month') }} as months_since,
        cohorts.segment_type,
        cohorts.segment_value,
        cohorts.cohort_customers,
        sum(coalesce(cohort_changes.customers_change, 0)) over (
            partition by cohorts.cohort_month, cohorts.segment_type, cohorts.segment_value
            order by months.month_number
            rows between unbounded preceding and current row
        ) as retained_customers,
        cohorts.cohort_mrr,
        sum(coalesce(cohort_changes.mrr_change, 0)) over (
            partition by cohorts.cohort_month, cohorts.segment_type, cohorts.segment_value
            order by months.month_number
            rows between unbounded preceding and current row
        ) as retained_mrr
    from cohorts
    inner join months on months.month_number >= {{ month_number('cohorts.cohort_month') }}
    left join cohort_changes
        on cohorts.cohort_month = cohort_changes.cohort_month
            and cohorts.segment_type = cohort_changes.segment_type
            and cohorts.segment_value = cohort_changes.segment_value
            and months.month_number
            = cohort_changes.months_since + {{ month_number('cohorts.cohort_month') }}
),

final as (
    select
        cohort_month,
        cast(months_since as integer) as months_since,
        segment_type,
        segment_value,
        cast(cohort_customers as integer) as cohort_customers,
        cast(retained_customers as integer) as retained_customers,
        cast(cohort_mrr as numeric(18, 4)) as cohort_mrr,
        cast(retained_mrr as numeric(18, 4)) as retained_mrr,
        {{ ratio('retained_customers', 'cohort_customers') }} as customer_retention_rate,
        {{ ratio('retained_mrr', 'cohort_mrr') }} as mrr_retention_rate
    from retained
)

select * from final
