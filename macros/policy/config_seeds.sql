{#
    Checks of the config seeds. A seed with invalid rows fails as soon as it is loaded and everything
    that reads it is skipped; the message names the file and every invalid row.
#}

{% macro check_config_seed(relation) -%}
    {#- Hook after a config seed is loaded: stops when a row is invalid. relation: the seed. -#}
    {%- if execute -%}
        {%- set seed = relation.identifier -%}
        {%- do stop_on_problems(
            'seeds/config/' ~ seed ~ '.csv', context[seed ~ '_problems'](relation)
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro config_seed(seed) -%}
    {#-
        Relation of a config seed, or of the model that takes its place.

        seed: name of the config seed. In another dbt project the seeds of this one are out of reach,
        so var config_refs may name a model or seed of that project for it, with the same columns.
        Its rows are checked when a model is built that reads it.
    -#}
    {%- set model = root_models('config_refs').get(seed) -%}
    {%- if not model -%}
        {{ return(ref('customer_success', seed)) }}
    {%- endif -%}
    {%- set relation = ref(model[0], model[1]) -%}
    {%- if execute and flags.WHICH in ['run', 'build'] -%}
        {%- do stop_on_problems(
            model | join('.') ~ ' (var config_refs: ' ~ seed ~ ')',
            context[seed ~ '_problems'](relation)
        ) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}


{% macro config_seed_names() -%}
    {#- Names of the config seeds; only while dbt executes. -#}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'seed' and node.fqn[:2] == ['customer_success', 'config'] -%}
        {%- do names.append(node.name) -%}
    {%- endfor -%}
    {{ return(names | sort) }}
{%- endmacro %}


{% macro stop_on_problems(file, problems) -%}
    {#-
        Stops the run with one message when there is a problem.

        file: the file to correct; problems: list of select statements of one text column.
    -#}
    {%- set found = run_query(problems | join('\nunion all\n')) -%}
    {%- if found.rows -%}
        {{ exceptions.raise_compiler_error(
            'Invalid rows in ' ~ file ~ ':\n- ' ~ found.columns[0].values() | unique | sort | join('\n- ')
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


{% macro other_values(relation, column, allowed, row) -%}
    {#-
        Select statement of a problem for every value of a column that is not one of `allowed` (list).
        row: SQL text that names the row.
    -#}
    select
        {{ row }} || ': {{ column }} is ' || {{ shown(column) }} || '; use one of: {{ allowed | join(', ') }}.'
            as problem
    from {{ relation }}
    where {{ column }} not in ('{{ allowed | join("', '") }}')
{%- endmacro %}


{% macro duplicated_rows(relation, columns, row) -%}
    {#- Select statement of a problem for every value of `columns` (list) that more than one row has. -#}
    select {{ row }} || ': there is more than one such row.' as problem
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{%- endmacro %}


{% macro churn_reasons_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed churn_reasons. relation: the seed. -#}
    {%- set row = "'reason_code ' || " ~ shown('reason_code') -%}
    {%- set missing -%}
        select 'the row unknown, for churns without a known reason, is missing.' as problem
        where not exists (select 1 from {{ relation }} where reason_code = 'unknown')
    {%- endset -%}
    {{ return(
        [missing, duplicated_rows(relation, ['reason_code'], row)] + empty_values(
            relation, ['reason_code', 'reason_group', 'is_graduated', 'is_involuntary'], row
        )
    ) }}
{%- endmacro %}


{% macro onboarding_rules_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed onboarding_rules. relation: the seed. -#}
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
            duplicated_rows(relation, ['path_id', 'step_code'], row),
        ] + empty_values(relation, ['path_id', 'step_code', 'is_first_value'], row)
    ) }}
{%- endmacro %}


{% macro check_onboarding_products(rules, plans, products) -%}
    {#-
        Hook before onboarding is computed: stops when a path is for a product that no plan and no
        product has, because it would apply to nobody.

        rules: the seed onboarding_rules; plans, products: the staging models.
    -#}
    {%- if execute -%}
        {%- set unknown -%}
            select distinct
                'path ' || {{ shown('path_id') }} || ', step ' || {{ shown('step_code') }} || ': product_id '
                || {{ shown('product_id') }} || ' is neither in the raw table products nor in plans; leave'
                || ' it empty for any product.' as problem
            from {{ rules }}
            where product_id is not null
                and product_id not in (select product_id from {{ plans }})
                and product_id not in (select product_id from {{ products }})
        {%- endset -%}
        {%- do stop_on_problems('seeds/config/onboarding_rules.csv', [unknown]) -%}
    {%- endif -%}
{%- endmacro %}


{% macro usage_score_weights_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed usage_score_weights. relation: the seed. -#}
    {%- set components = "'active_days', 'session_minutes', 'features', 'active_users'" -%}
    {%- set row = "'component ' || " ~ shown('component') -%}
    {%- set unknown -%}
        select {{ row }} || ': there is no such component.' as problem
        from {{ relation }}
        where component not in ({{ components }})
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
        [unknown, divisor, duplicated_rows(relation, ['component'], row)]
        + weights_problems(relation, row) + empty_values(relation, ['component', 'weight'], row)
    ) }}
{%- endmacro %}


{% macro health_score_weights_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed health_score_weights. relation: the seed. -#}
    {%- set row = "'component ' || " ~ shown('component') -%}
    {%- set unknown -%}
        select {{ row }} || ': there is no such component.' as problem
        from {{ relation }}
        where component not in ('{{ health_components() | join("', '") }}')
    {%- endset -%}
    {{ return(
        [unknown] + weights_problems(relation, row)
        + [duplicated_rows(relation, ['component'], row)]
        + empty_values(relation, ['component', 'weight'], row)
    ) }}
{%- endmacro %}


{% macro health_bands_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed health_bands. relation: the seed. -#}
    {%- set row = "'health_band ' || " ~ shown('health_band') -%}
    {%- set problems = [duplicated_rows(relation, ['health_band'], row)] + empty_values(
        relation, ['health_band', 'from_score'], row
    ) -%}
    {%- set unknown -%}
        select {{ row }} || ': there is no such band; use red, yellow and green.' as problem
        from {{ relation }}
        where health_band not in ('red', 'yellow', 'green')
    {%- endset -%}
    {%- do problems.append(unknown) -%}
    {%- for band in ['red', 'yellow', 'green'] -%}
        {%- set missing -%}
            select 'the row {{ band }} is missing.' as problem
            where not exists (select 1 from {{ relation }} where health_band = '{{ band }}')
        {%- endset -%}
        {%- do problems.append(missing) -%}
    {%- endfor -%}
    {%- set start -%}
        select {{ row }} || ': from_score is ' || {{ shown('from_score') }} || '; use 0, the lowest score.'
            as problem
        from {{ relation }}
        where health_band = 'red' and from_score <> 0
    {%- endset -%}
    {%- set order -%}
        select 'from_score must rise from red to yellow to green.' as problem
        from {{ relation }}
        having not coalesce(
            max(case when health_band = 'red' then from_score end)
            < max(case when health_band = 'yellow' then from_score end)
            and max(case when health_band = 'yellow' then from_score end)
            < max(case when health_band = 'green' then from_score end), true
        )
    {%- endset -%}
    {{ return(problems + [start, order]) }}
{%- endmacro %}


{% macro weights_problems(relation, row) -%}
    {#-
        Select statements of a problem for weights below 0, and for weights that are all 0.
        row: SQL text that names the row.
    -#}
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
    {{ return([negative, all_zero]) }}
{%- endmacro %}


{% macro feature_catalog_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed feature_catalog. relation: the seed. -#}
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
        [gap, duplicated_rows(relation, ['feature_code'], row)]
        + empty_values(relation, ['feature_code'], row)
    ) }}
{%- endmacro %}


{% macro business_hours_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed business_hours. relation: the seed. -#}
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
        problems + [weekday, backwards, duplicated_rows(relation, ['iso_weekday'], row)]
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
    {#- List of select statements, a problem each, of the seed holidays. relation: the seed. -#}
    {%- set row = "'holiday_on ' || " ~ shown('holiday_on') -%}
    {{ return(
        [duplicated_rows(relation, ['holiday_on'], row)]
        + empty_values(relation, ['holiday_on'], "'holiday_name ' || " ~ shown('holiday_name'))
    ) }}
{%- endmacro %}


{% macro support_sla_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed support_sla. relation: the seed. -#}
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
    {%- set any_case = 'lower(priority)' -%}
    {{ return(
        [missing, negative, duplicated_rows(relation, [any_case], "'priority ' || " ~ shown(any_case))]
        + empty_values(relation, ['priority', 'first_response_minutes', 'is_business_time'], row)
    ) }}
{%- endmacro %}


{% macro kpi_catalog_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed kpi_catalog. relation: the seed. -#}
    {%- set row = "'kpi_code ' || " ~ shown('kpi_code') -%}
    {%- set problems = [
        duplicated_rows(relation, ['kpi_code'], row),
        duplicated_rows(relation, ['sort_order'], "'sort_order ' || " ~ shown('sort_order')),
    ] + empty_values(
        relation,
        [
            'sort_order', 'kpi_code', 'kpi_name', 'kpi_name_ja', 'category', 'formula', 'formula_ja', 'unit',
            'direction', 'timing', 'mart_name', 'value_column', 'source', 'needs',
        ],
        row,
    ) -%}
    {%- for column, allowed in {
        'unit': [
            'rate', 'points', 'score', 'ratio', 'currency', 'days', 'minutes', 'months', 'customers',
            'tickets',
        ],
        'direction': ['higher', 'lower'],
        'timing': ['leading', 'lagging'],
        'mart_name': kpi_marts() | list,
    }.items() -%}
        {%- do problems.append(other_values(relation, column, allowed, row)) -%}
    {%- endfor -%}
    {%- set table = '(?:' ~ raw_table_names() | join('|') ~ ')' -%}
    {%- set other_tables -%}
        select
            {{ row }} || ': needs is ' || {{ shown('needs') }} || '; write raw tables with a blank between'
            || ' them, and a | where one of two will do.' as problem
        from {{ relation }}
        where not {{ is_match('needs', table ~ '(?:[ |]' ~ table ~ ')*') }}
    {%- endset -%}
    {%- do problems.append(other_tables) -%}
    {%- for mart in kpi_marts() -%}
        {%- for column in ['value_column', 'numerator_column', 'denominator_column'] -%}
            {%- set no_such_column -%}
                select
                    {{ row }} || ': {{ column }} is ' || {{ shown(column) }}
                    || ', but {{ mart }} has no column of figures of that name.' as problem
                from {{ relation }}
                where mart_name = '{{ mart }}'
                    and {{ column }} not in ('{{ kpi_mart_figures(mart) | join("', '") }}')
            {%- endset -%}
            {%- do problems.append(no_such_column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro kpi_targets_row() -%}
    {#- SQL text that names a row of kpi_targets. -#}
    'kpi_code ' || {{ shown('kpi_code') }} || ', ' || {{ shown('period_grain') }} || ' from '
    || {{ shown('starts_on') }} || ', segment ' || {{ shown('segment_type') }} || ' '
    || {{ shown('segment_value') }}
{%- endmacro %}


{% macro kpi_targets_problems(relation) -%}
    {#- List of select statements, a problem each, of the seed kpi_targets. relation: the seed. -#}
    {%- set row = kpi_targets_row() -%}
    {%- set key = ['kpi_code', 'period_grain', 'segment_type', 'segment_value'] -%}
    {%- set problems = [duplicated_rows(relation, key + ['starts_on'], row)] + empty_values(
        relation, key + ['starts_on', 'target_value'], row
    ) -%}
    {%- for column, allowed in {
        'period_grain': period_grains(), 'segment_type': ['all'] + segment_types(),
    }.items() -%}
        {%- do problems.append(other_values(relation, column, allowed, row)) -%}
    {%- endfor -%}
    {%- set of_all -%}
        select {{ row }} || ': the only value of segment all is all.' as problem
        from {{ relation }}
        where segment_type = 'all' and segment_value <> 'all'
    {%- endset -%}
    {%- set of_days -%}
        select {{ row }} || ': days are reported for segment all only.' as problem
        from {{ relation }}
        where period_grain = 'day' and segment_type <> 'all'
    {%- endset -%}
    {%- set backwards -%}
        select {{ row }} || ': ends_on ' || {{ shown('ends_on') }} || ' is before starts_on.' as problem
        from {{ relation }}
        where ends_on < starts_on
    {%- endset -%}
    {%- set overlapping -%}
        select
            {{ row }} || ': it holds until ' || {{ shown('ends_on') }} || ', but the next target starts on '
            || {{ shown('next_starts_on') }} || '; end it before that, or leave ends_on empty.' as problem
        from (
            select
                *,
                lead(starts_on) over (partition by {{ key | join(', ') }} order by starts_on) as next_starts_on
            from {{ relation }}
        ) as target_order
        where ends_on >= next_starts_on
    {%- endset -%}
    {{ return(problems + [of_all, of_days, backwards, overlapping]) }}
{%- endmacro %}


{% macro check_kpi_targets(targets, catalog, customer_segments, plan_segments) -%}
    {#-
        Hook before targets are used: stops when one is for a KPI that the catalogue does not have,
        for a grain that its mart does not have, or for a segment value that nothing has, because
        it would never apply.

        targets, catalog: the seeds kpi_targets and kpi_catalog; customer_segments, plan_segments:
        int_customer_segments and int_plan_segments.
    -#}
    {%- if execute -%}
        {%- set row = kpi_targets_row() -%}
        {%- set unknown_kpi -%}
            select {{ row }} || ': there is no such KPI in kpi_catalog.' as problem
            from {{ targets }}
            where kpi_code not in (select kpi_code from {{ catalog }})
        {%- endset -%}
        {%- set problems = [unknown_kpi] -%}
        {%- for mart, grains in kpi_marts().items() -%}
            {%- set other_grain -%}
                select
                    {{ row }} || ': {{ mart }} has no such period_grain; use one of: '
                    || '{{ grains | join(", ") }}.' as problem
                from {{ targets }}
                where period_grain not in ('{{ grains | join("', '") }}')
                    and kpi_code in (select kpi_code from {{ catalog }} where mart_name = '{{ mart }}')
            {%- endset -%}
            {%- do problems.append(other_grain) -%}
        {%- endfor -%}
        {%- for type in segment_types() -%}
            {%- set segments = plan_segments if type in plan_attributes() else customer_segments -%}
            {%- set unknown_value -%}
                select {{ row }} || ': no {{ type }} has this value.' as problem
                from {{ targets }}
                where segment_type = '{{ type }}'
                    and segment_value <> '(none)'
                    {%- if type == 'signup_fiscal_year' %}
                    -- next year's can have a target before anybody has signed up
                    and segment_value not like 'FY____'
                    {%- else %}
                    and segment_value not in (
                        select {{ segment_column(type) }} from {{ segments }}
                        where {{ segment_column(type) }} is not null
                    )
                    {%- endif %}
            {%- endset -%}
            {%- do problems.append(unknown_value) -%}
        {%- endfor -%}
        {%- do stop_on_problems('seeds/config/kpi_targets.csv', problems) -%}
    {%- endif -%}
{%- endmacro %}
