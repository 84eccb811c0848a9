{% macro check_configuration() -%}
    {#-
        Hook at the start of a run that builds or tests something of this project: aborts it, before
        any model, when a var is invalid or a required raw table or column is missing, with one
        message that names all problems. In another dbt project, runs of that project's own models
        pass without a look.
    -#}
    {%- if execute and is_selected() -%}
        {%- set problems = policy_problems() -%}
        {%- set places = [] -%}
        {%- set remarks = [] -%}
        {%- if not problems -%}
            {%- do problems.extend(raw_problems(places, remarks)) -%}
        {%- endif -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                'Invalid configuration; nothing was built:\n- '
                ~ problems | join('\n- ')
            ) }}
        {%- endif -%}
        {%- do log(said(
            own_language(), 'as_of', day=as_of_day(), zone=var('reporting_timezone'),
            currency=var('reporting_currency'), places=places | unique | join(', ')
        ), info=true) -%}
        {%- for remark in remarks -%}
            {%- do log(said(own_language(), **remark), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro is_selected() -%}
    {#- Whether the run selected any node of this project. -#}
    {%- set own = [] -%}
    {%- for node in selected_resources if not own and node.split('.')[1] == 'customer_success' -%}
        {%- do own.append(node) -%}
    {%- endfor -%}
    {{ return(own | length > 0) }}
{%- endmacro %}


{% macro policy_problems() -%}
    {#- Sentences about vars with invalid values, as a list. -#}
    {%- set problems = [] -%}
    {%- for name, value, allowed in [
        ('raw_mode', raw_mode(), ['seeds', 'files', 'schema']),
        ('churn_recognition', var('churn_recognition'), ['service_end', 'cancel_request']),
    ] if value not in allowed -%}
        {%- do problems.append(
            'var ' ~ name ~ " is '" ~ value ~ "'; use one of: " ~ allowed | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- do problems.extend(
        root_model_problems('raw_refs', raw_table_names(), '{customers: my_customers}')
        + root_model_problems('config_refs', config_seed_names(), '{support_sla: my_support_sla}')
    ) -%}
    {%- if raw_mode() == 'files' and target.type != 'duckdb' -%}
        {%- do problems.append(
            'var raw_mode is files, which the target ' ~ target.type
            ~ ' cannot read; load the tables into a schema and use raw_mode: schema.'
        ) -%}
    {%- endif -%}
    {%- if raw_mode() == 'files' and not var('raw_dir') -%}
        {%- do problems.append(
            'var raw_mode is files, but var raw_dir is empty; set it to the folder with the raw tables.'
        ) -%}
    {%- endif -%}
    {%- if var('raw_dir') and raw_mode() != 'files' -%}
        {%- do problems.append(
            'var raw_dir names the folder ' ~ var('raw_dir') ~ ', but raw_mode is '
            ~ raw_mode() ~ ', which does not read files; set raw_mode: files.'
        ) -%}
    {%- endif -%}
    {%- for name, low, high in [
        ('fiscal_year_start_month', 1, 12), ('renewal_grace_days', 0, 3650),
        ('min_rejected_rows', 0, 9999), ('mrr_gap_days', 0, 366),
        ('dormant_days', 1, 3650), ('winback_days', 1, 3650), ('ltv_max_lifetime_months', 1, 600),
        ('survival_min_at_risk', 1, 9999), ('trial_conversion_days', 0, 3650),
        ('low_usage_minutes', 0, 9999), ('low_usage_weeks', 1, 520), ('ladder_days', 0, 3650),
        ('health_nps_days', 0, 3650), ('health_payment_days', 0, 3650),
        ('health_engagement_days', 0, 3650), ('health_open_ticket_days', 0, 3650),
        ('renewal_alert_days', 0, 3650), ('validation_horizon_days', 1, 3650),
        ('early_days', 0, 3650), ('max_segment_values', 1, 9999),
        ('max_reporting_years', 1, 100), ('magic_min_customers', 1, 9999),
    ] if not modules.re.match('^[0-9]{1,4}$', var(name) | string)
        or not low <= var(name) | int <= high -%}
        {%- do problems.append(
            'var ' ~ name ~ " is '" ~ var(name) ~ "'; use a whole number from " ~ low ~ ' to '
            ~ high ~ '.'
        ) -%}
    {%- endfor -%}
    {%- for name in ['max_rejected_share', 'gross_margin', 'monthly_discount_rate']
        if not modules.re.match('^(0([.][0-9]+)?|1([.]0+)?)$', var(name) | string) -%}
        {%- do problems.append(
            'var ' ~ name ~ " is '" ~ var(name) ~ "'; use a share from 0 to 1."
        ) -%}
    {%- endfor -%}
    {%- for name in ['bill_shock_ratio', 'bill_shock_minutes_growth']
        if not modules.re.match('^[0-9]{1,3}([.][0-9]+)?$', var(name) | string) -%}
        {%- do problems.append(
            'var ' ~ name ~ " is '" ~ var(name) ~ "'; use a number of 0 or more such as 1.3."
        ) -%}
    {%- endfor -%}
    {%- for name in ['as_of_date', 'reporting_start_date', 'sample_as_of_date'] -%}
        {%- if var(name) is not none and not is_a_day(var(name) | string) -%}
            {%- do problems.append(
                'var ' ~ name ~ " is '" ~ var(name) ~ "'; use a day of the calendar, YYYY-MM-DD."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if var('reporting_timezone') not in modules.pytz.all_timezones -%}
        {%- do problems.append(
            "var reporting_timezone is '" ~ var('reporting_timezone')
            ~ "'; use a name of the IANA time zone database such as Asia/Tokyo."
        ) -%}
    {%- endif -%}
    {%- set zones = var('source_timezone') -%}
    {%- for zone in (zones.values() if zones is mapping else [zones]) if zone not in modules.pytz.all_timezones -%}
        {%- do problems.append(
            "var source_timezone has '" ~ zone
            ~ "'; use a name of the IANA time zone database such as Asia/Tokyo."
        ) -%}
    {%- endfor -%}
    {%- for table in (zones if zones is mapping else []) if table not in raw_table_names() -%}
        {%- do problems.append(
            "var source_timezone names the table '" ~ table ~ "'; use any of: "
            ~ raw_table_names() | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- if not modules.re.match('^[A-Z]{3}$', var('reporting_currency') | string) -%}
        {%- do problems.append(
            "var reporting_currency is '" ~ var('reporting_currency')
            ~ "'; use a code of ISO 4217 such as JPY."
        ) -%}
    {%- endif -%}
    {%- do problems.extend(customer_column_problems()) -%}
    {%- if not is_list_of_names(var('segments')) -%}
        {%- do problems.append('var segments must be a list of names; [] leaves all only.') -%}
    {%- else -%}
        {%- for type in var('segments') if type not in available_segments() -%}
            {%- do problems.append(
                "var segments names '" ~ type ~ "'; use any of: " ~ available_segments() | join(', ')
                ~ '.'
            ) -%}
        {%- endfor -%}
        {%- if var('segments') | unique | list | length < var('segments') | length -%}
            {%- do problems.append('var segments names a segment twice.') -%}
        {%- endif -%}
    {%- endif -%}
    {%- if var('reader_roles') is string or var('reader_roles') is not iterable -%}
        {%- do problems.append('var reader_roles must be a list of roles; [] grants nothing.') -%}
    {%- elif var('reader_roles') and target.type != 'postgres' -%}
        {%- do problems.append(
            'var reader_roles works on PostgreSQL only; leave it empty for the target '
            ~ target.type ~ '.'
        ) -%}
    {%- endif -%}
    {%- if not problems and var('reporting_start_date')
        and var('reporting_start_date') | string > as_of_day() -%}
        {%- do problems.append(
            'var reporting_start_date is ' ~ var('reporting_start_date')
            ~ ', which is after the as-of date, ' ~ as_of_day() ~ ' (var as_of_date).'
        ) -%}
    {%- endif -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro customer_column_problems() -%}
    {#- Sentences about var customer_columns as such, as a list; whether they were landed: raw_problems(). -#}
    {%- set problems = [] -%}
    {%- if not is_list_of_names(var('customer_columns')) -%}
        {%- do problems.append('var customer_columns must be a list of names; [] names nothing.') -%}
    {%- endif -%}
    {%- set contract = {} -%}
    {%- for table in raw_contract() if table.name == 'customers' -%}
        {%- for column in table.columns if not column.meta.own -%}
            {%- do contract.update({column.name: column}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set taken = plan_attributes().keys() | list + ticket_attributes().keys() | list
        + ['all', 'signup_fiscal_year'] -%}
    {%- for name in own_attributes() | unique -%}
        {%- if contract.get(name, {'meta': {}}).meta.pii -%}
            {%- do problems.append(
                'var customer_columns names ' ~ name ~ ', which is personal data and never leaves staging.'
            ) -%}
        {%- elif name in contract or name in taken -%}
            {%- do problems.append(
                'var customer_columns names ' ~ name ~ ', which this project has already; name columns '
                ~ 'beyond the raw contract only.'
            ) -%}
        {%- elif not modules.re.match('^[^\\W_]\\w{0,59}$', name) or name != plain_name(name) -%}
            {%- do problems.append(
                "var customer_columns has '" ~ name ~ "'; write the column in lower case, with "
                ~ 'underscores for blanks and hyphens, such as sales_region.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if own_attributes() | unique | list | length < own_attributes() | length -%}
        {%- do problems.append('var customer_columns names a column twice.') -%}
    {%- endif -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro is_a_day(text) -%}
    {#- Whether a text is a day of the calendar written YYYY-MM-DD. -#}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', text)
        or text < '0001' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set first = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) -%}
    {%- set day = first + modules.datetime.timedelta(days=text[8:] | int - 1) -%}
    {{ return(day.month == first.month) }}
{%- endmacro %}


{% macro root_model_problems(name, known, example) -%}
    {#-
        Sentences about a var that hands over models of the root project, as a list.

        name: the var, as in root_models(); known: what models can be handed over for, as a list;
        example: a value of the var, for the message.
    -#}
    {%- set problems = [] -%}
    {%- if var(name) is not mapping -%}
        {%- do problems.append(
            'var ' ~ name ~ ' must be a mapping such as ' ~ example ~ '; {} names nothing.'
        ) -%}
    {%- endif -%}
    {%- for key, model in root_models(name).items() -%}
        {%- if key not in known -%}
            {%- do problems.append(
                'var ' ~ name ~ " names '" ~ key ~ "'; use any of: " ~ known | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- for node in graph.nodes.values()
            if node.package_name == model[0] and node.name == model[1]
            and node.config.materialized == 'ephemeral' -%}
            {%- do problems.append(
                'var ' ~ name ~ ' names the model ' ~ model | join('.') ~ ', which is ephemeral; '
                ~ 'make it a view or a table, so that its columns can be read.'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro raw_problems(places, remarks=[]) -%}
    {#-
        Sentences about required raw tables and columns that were not landed, and about files that
        cannot be read, as a list. Of a model that hands over a raw table nothing is known before it is
        built: its base model looks.

        places: list to which the places of the raw tables that are there are added, for a message;
        remarks: list to which dicts of said() are added about what is left out, and what is not read
        although its name is near to one that is missing.
    -#}
    {%- set problems = [] -%}
    {%- if raw_mode() == 'files' and not raw_files() -%}
        {%- do problems.append(
            'the folder ' ~ var('raw_dir') ~ ' (var raw_dir) does not exist or is empty.'
        ) -%}
        {{ return(problems) }}
    {%- endif -%}
    {%- for path in (files_in_other_encodings() if raw_mode() == 'files' else []) -%}
        {%- do problems.append(
            path ~ ' is not UTF-8; make build RAW_DIR=' ~ var('raw_dir') ~ ' reads other encodings.'
        ) -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ return(problems) }}
    {%- endif -%}
    {%- if root_models('raw_refs') -%}
        {%- do places.append('models (' ~ root_models('raw_refs').keys() | sort | join(', ') ~ ')') -%}
    {%- endif -%}
    {%- for contract in raw_contract() if contract.name not in root_models('raw_refs') -%}
        {%- set found = found_table(contract.name) -%}
        {%- if found.is_duplicated -%}
            {%- do problems.append(
                'the raw table ' ~ contract.name ~ ' is there twice, as ' ~ found.looked_in
                ~ '; remove one of the two files.'
            ) -%}
        {%- elif found.relation is none and contract.required_table -%}
            {%- do problems.append(
                'the required raw table ' ~ contract.name ~ ' is missing; ' ~ (
                    'looked for ' ~ found.looked_in if found.looked_in
                    else 'name the model that hands it over in var raw_refs, or the schema that '
                    ~ 'holds it in var raw_schema'
                ) ~ '.'
            ) -%}
        {%- elif found.relation is not none -%}
            {%- do places.append({
                'sample': 'the sample company', 'file': var('raw_dir'),
                'schema': 'schema ' ~ raw_schema(),
            }[found.origin]) -%}
            {%- if is_left_out(contract, found) -%}
                {%- do remarks.append({
                    'code': 'left_out', 'table': contract.name, 'place': found.found_in,
                    'names': missing_names(contract, found) | join(', '),
                }) -%}
            {%- else -%}
                {%- do problems.extend(column_problems(contract, found)) -%}
            {%- endif -%}
            {%- for name in unread_columns(contract, found) -%}
                {%- set near = nearest_name(name, absent_columns(contract, found)) -%}
                {%- do remarks.append({
                    'code': 'unread_column', 'table': contract.name, 'column': name, 'near': near,
                }) if near -%}
            {%- endfor -%}
            {%- for name in missing_own_columns(contract, found) -%}
                {%- do problems.append(
                    'var customer_columns names ' ~ name ~ ', which the raw table ' ~ contract.name
                    ~ ' does not have; beyond the contract it has: '
                    ~ (unread_columns(contract, found) | join(', ') or 'nothing') ~ '.'
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do remarks.extend(unread_files()) -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro missing_names(contract, found) -%}
    {#-
        Required columns that a raw table is without, each with the column that may be meant, as a list.

        contract: of raw_table_contract(); found: of found_table().
    -#}
    {%- set names = [] -%}
    {%- for name in missing_columns(contract, found) -%}
        {%- set near = nearest_name(name, unread_columns(contract, found)) -%}
        {%- do names.append(name ~ (' (' ~ near ~ '?)' if near else '')) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro column_problems(contract, found) -%}
    {#-
        Sentences about required columns that a raw table is without, as a list.

        contract: of raw_table_contract(); found: of found_table().
    -#}
    {%- set problems = [] -%}
    {%- set is_none_known = unread_columns(contract, found) | length == found.columns | length -%}
    {%- for name in missing_names(contract, found) -%}
        {%- do problems.append(
            'the required column ' ~ name ~ ' is missing from the raw table '
            ~ contract.name ~ '; looked in ' ~ found.found_in ~ '.' ~ (
                ' This is not a CSV file with commas and a header line; make build RAW_DIR='
                ~ var('raw_dir') ~ ' reads other kinds.'
                if found.origin == 'file' and is_none_known else ''
            )
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}
