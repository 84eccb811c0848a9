{#
    Checks of the config seeds. A seed that contradicts itself fails as soon as it is loaded, and all
    that reads it is left out, with a message that names the file and every row that is wrong.
#}

{% macro check_config_seed(relation) -%}
    {#- Hook after a config seed is loaded: stops when a row makes no sense. relation: the seed. -#}
    {%- if execute -%}
        {%- set seed = relation.identifier -%}
        {%- do stop_on_problems(
            'seeds/config/' ~ seed ~ '.csv', context[seed ~ '_problems'](relation)
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro stop_on_problems(file, problems) -%}
    {#-
        Stops the run with one message when there is a problem.

        file: where to mend it; problems: list of select statements of one text column.
    -#}
    {%- set found = run_query(problems | join('\nunion all\n')) -%}
    {%- if found.rows -%}
        {{ exceptions.raise_compiler_error(
            file ~ ' needs mending:\n- ' ~ found.columns[0].values() | unique | sort | join('\n- ')
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro shown(column) -%}
    {#- SQL text of a column's value for a message; (empty) where it is null. -#}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), '(empty)')
{%- endmacro %}


{% macro empty_values(relation, columns, row) -%}
    {#-
        Select statements of a problem for every row without a value in one of `columns` (list).
        row: SQL text that names the row.
    -#}
    {%- set problems = [] -%}
    {%- for column in columns -%}
        {%- do problems.append(
            'select ' ~ row ~ " || ': " ~ column ~ " is empty.' as problem from " ~ relation
            ~ ' where ' ~ column ~ ' is null'
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro doubled_rows(relation, columns, row) -%}
    {#- Select statement of a problem for every value of `columns` (list) that more than one row has. -#}
    select {{ row }} || ': there is more than one such row.' as problem
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{%- endmacro %}


{% macro churn_reasons_problems(relation) -%}
    {%- set row = "'reason_code ' || " ~ shown('reason_code') -%}
    {%- set missing -%}
        select 'the row unknown, for churns without a known reason, is missing.' as problem
        where not exists (select 1 from {{ relation }} where reason_code = 'unknown')
    {%- endset -%}
    {{ return(
        [missing, doubled_rows(relation, ['reason_code'], row)] + empty_values(
            relation, ['reason_code', 'reason_group', 'is_graduated', 'is_involuntary'], row
        )
    ) }}
{%- endmacro %}


{% macro onboarding_rules_problems(relation) -%}
    {%- set row = "'path ' || " ~ shown('path_id') ~ " || ', step ' || " ~ shown('step_code') -%}
    {%- set negative -%}
        select
            {{ row }} || ': within_days is ' || {{ shown('within_days') }} || '; use 0 or more.' as problem
        from {{ relation }}
        where within_days < 0
    {%- endset -%}
    {%- set pointless -%}
        select
            {{ row }} || ': without within_days the step is not required, and it is not the first value'
            || ' either; give one of the two.' as problem
        from {{ relation }}
        where within_days is null and not is_first_value
    {%- endset -%}
    {%- set without_steps -%}
        select
            'path ' || {{ shown('path_id') }} || ': no step is required, so it would never or always be'
            || ' complete; give a step a within_days.' as problem
        from {{ relation }}
        group by path_id
        having count(within_days) = 0
    {%- endset -%}
    {%- set of_two_products -%}
        select
            'path ' || {{ shown('path_id') }} || ': it is for ' || {{ shown('min(product_id)') }} || ' and for '
            || case
                when count(product_id) < count(*) then 'any product'
                else {{ shown('max(product_id)') }}
            end || '; give all its steps the same product_id.' as problem
        from {{ relation }}
        group by path_id
        having count(distinct product_id) > 1
            or (count(product_id) > 0 and count(product_id) < count(*))
    {%- endset -%}
    {{ return(
        [
            negative, pointless, without_steps, of_two_products,
            doubled_rows(relation, ['path_id', 'step_code'], row),
        ] + empty_values(relation, ['path_id', 'step_code', 'is_first_value'], row)
    ) }}
{%- endmacro %}


{% macro check_onboarding_products() -%}
    {#-
        Hook before onboarding is computed: stops when a path is for a product that no plan and no
        product has, because nobody would ever be on it.
    -#}
    {%- if execute -%}
        {%- set unknown -%}
            select distinct
                'path ' || {{ shown('path_id') }} || ', step ' || {{ shown('step_code') }} || ': product_id '
                || {{ shown('product_id') }} || ' is neither in the raw table products nor in plans; leave'
                || ' it empty for any product.' as problem
            from {{ ref('onboarding_rules') }}
            where product_id is not null
                and product_id not in (select product_id from {{ ref('stg_plans') }})
                and product_id not in (select product_id from {{ ref('stg_products') }})
        {%- endset -%}
        {%- do stop_on_problems('seeds/config/onboarding_rules.csv', [unknown]) -%}
    {%- endif -%}
{%- endmacro %}


{% macro usage_score_weights_problems(relation) -%}
    {%- set components = "'active_days', 'session_minutes', 'features', 'active_users'" -%}
    {%- set row = "'component ' || " ~ shown('component') -%}
    {%- set unknown -%}
        select {{ row }} || ': there is no such component.' as problem
        from {{ relation }}
        where component not in ({{ components }})
    {%- endset -%}
    {%- set negative -%}
        select {{ row }} || ': weight is ' || {{ shown('weight') }} || '; use 0 or more.' as problem
        from {{ relation }}
        where weight < 0
    {%- endset -%}
    {%- set all_zero -%}
        select 'all weights are 0, so there would be no score; give one component a weight.' as problem
        from {{ relation }}
        having coalesce(sum(abs(weight)), 0) = 0
    {%- endset -%}
    {%- set divisor -%}
        select
            {{ row }} || ': full_at is ' || {{ shown('full_at') }}
            || '; use the amount a week that is worth full marks, more than 0.' as problem
        from {{ relation }}
        where component in ('active_days', 'session_minutes')
            and (full_at is null or full_at <= 0)
    {%- endset -%}
    {{ return(
        [unknown, negative, all_zero, divisor, doubled_rows(relation, ['component'], row)]
        + empty_values(relation, ['component', 'weight'], row)
    ) }}
{%- endmacro %}


{% macro feature_catalog_problems(relation) -%}
    {%- set row = "'feature ' || " ~ shown('feature_code') -%}
    {%- set gap -%}
        select
            'ladder_stage ' || {{ shown('ladder_stage') }} || ': there is no stage '
            || cast(ladder_stage - 1 as {{ dbt.type_string() }})
            || ' below it; number the stages from 1 without gaps.' as problem
        from {{ relation }}
        where ladder_stage <> 1
            and ladder_stage - 1 not in (
                select ladder_stage from {{ relation }}
                where ladder_stage is not null
            )
    {%- endset -%}
    {{ return(
        [gap, doubled_rows(relation, ['feature_code'], row)]
        + empty_values(relation, ['feature_code'], row)
    ) }}
{%- endmacro %}


{% macro business_hours_problems(relation) -%}
    {%- set row = "'iso_weekday ' || " ~ shown('iso_weekday') -%}
    {%- set problems = [] -%}
    {%- for column in ['opens_at', 'closes_at'] -%}
        {%- set malformed -%}
            select
                {{ row }} || ': {{ column }} is ' || {{ shown(column) }}
                || '; use a time of day such as 09:00, at most 24:00.' as problem
            from {{ relation }}
            where not ({{ is_time_of_day(column) }})
        {%- endset -%}
        {%- do problems.append(malformed) -%}
    {%- endfor -%}
    {%- set weekday -%}
        select {{ row }} || ': use 1 for Monday to 7 for Sunday.' as problem
        from {{ relation }}
        where iso_weekday not between 1 and 7
    {%- endset -%}
    {%- set backwards -%}
        select
            {{ row }} || ': closes_at ' || {{ shown('closes_at') }} || ' is not after opens_at '
            || {{ shown('opens_at') }} || '.' as problem
        from {{ relation }}
        where closes_at <= opens_at
            and {{ is_time_of_day('opens_at') }}
            and {{ is_time_of_day('closes_at') }}
    {%- endset -%}
    {{ return(
        problems + [weekday, backwards, doubled_rows(relation, ['iso_weekday'], row)]
        + empty_values(relation, ['iso_weekday', 'opens_at', 'closes_at'], row)
    ) }}
{%- endmacro %}


{% macro is_time_of_day(column) -%}
    {#- Whether a text is a time of day HH:MM from 00:00 to 24:00, digits only. -#}
    length({{ column }}) = 5
        and translate({{ column }}, '0123456789', '') = ':'
        and substr({{ column }}, 3, 1) = ':'
        and substr({{ column }}, 1, 2) <= '24'
        and substr({{ column }}, 4, 2) <= '59'
        and {{ column }} <= '24:00'
{%- endmacro %}


{% macro holidays_problems(relation) -%}
    {%- set row = "'holiday_on ' || " ~ shown('holiday_on') -%}
    {{ return(
        [doubled_rows(relation, ['holiday_on'], row)]
        + empty_values(relation, ['holiday_on'], "'holiday_name ' || " ~ shown('holiday_name'))
    ) }}
{%- endmacro %}


{% macro support_sla_problems(relation) -%}
    {%- set row = "'priority ' || " ~ shown('priority') -%}
    {%- set missing -%}
        select 'the row other, for tickets with any other priority or none, is missing.' as problem
        where not exists (select 1 from {{ relation }} where priority = 'other')
    {%- endset -%}
    {%- set negative -%}
        select
            {{ row }} || ': first_response_minutes is ' || {{ shown('first_response_minutes') }}
            || '; use 0 or more.' as problem
        from {{ relation }}
        where first_response_minutes < 0
    {%- endset -%}
    {{ return(
        [missing, negative, doubled_rows(relation, ['priority'], row)]
        + empty_values(relation, ['priority', 'first_response_minutes', 'is_business_time'], row)
    ) }}
{%- endmacro %}
