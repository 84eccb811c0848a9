{# What the check has to say about raw tables, as lines of text in a language. #}

{% macro table_lines(told, counts) -%}
    {#-
        What there is of each raw table: where it is, how many rows, which columns. counts: of
        base_counts().
    -#}
    {%- set lines = ['', said(
        told, 'tables', day=as_of_day(), zone=var('reporting_timezone'), currency=var('reporting_currency')
    )] -%}
    {%- set absent = [] -%}
    {%- for contract in raw_contract() -%}
        {%- set found = found_table(contract.name) -%}
        {%- if found.relation is none -%}
            {%- do absent.append(contract.name) -%}
        {%- else -%}
            {%- set count = counts[contract.name] -%}
            {%- set missing = absent_columns(contract, found) -%}
            {%- set used = contract.columns | map(attribute='name') | reject('in', missing) | list -%}
            {%- set unread = unread_columns(contract, found) -%}
            {%- do lines.append('  ' ~ said(
                told, 'table_left_out' if is_left_out(contract, found) else 'table', n=count.raw,
                used=count.used, table=contract.name, place=found.found_in.split('/')[-1]
            )) -%}
            {%- for code, names in [
                ('columns_read', used), ('columns_unread', unread), ('columns_absent', missing),
            ] if names -%}
                {%- do lines.append('      ' ~ said(told, code, names=names | join(', '))) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do lines.append('  ' ~ said(told, 'tables_absent', names=absent | join(', '))) if absent -%}
    {{ return(lines) }}
{%- endmacro %}


{% macro rejection_lines(told, bases, counts, shown_rows) -%}
    {#-
        The first rows of each raw table that cannot be used, with the value, the reason and what would
        be right. bases: of checked_bases(); counts: of base_counts(); shown_rows: rows of a table.
    -#}
    {%- set lines = [] -%}
    {%- for contract in raw_contract() if counts[contract.name].rejected -%}
        {%- set count = counts[contract.name] -%}
        {%- do lines.append('  ' ~ said(
            told, 'rejected', n=count.rejected, raw=count.raw, table=contract.name
        )) -%}
        {%- set first -%}
            select row_key, reason, column_name, bad_value
            from ({{ rejections(contract.name, bases[contract.name]) }}) as rejected
            where reason is not null
            order by row_key, column_name, bad_value
            limit {{ shown_rows | int }}
        {%- endset -%}
        {%- for row in run_query(first).rows -%}
            {%- set why = why_rejected(told, contract, row[1], row[2], row[3]) -%}
            {%- do lines.append('      ' ~ (row[0] or said(told, 'no_key')) ~ ': ' ~ why) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(['', said(told, 'rejections')] + lines if lines else []) }}
{%- endmacro %}


{% macro why_rejected(told, contract, reason, column_name, value) -%}
    {#-
        Why a row cannot be used and what would be right, in a sentence.

        contract: of raw_table_contract(); reason, column_name, value: of rejections().
    -#}
    {%- set column = contract.columns | selectattr('name', 'equalto', column_name) | first | default({}) -%}
    {%- set meta = column.get('meta', {}) -%}
    {%- set right = '' -%}
    {%- if reason == 'inconsistent' -%}
        {%- set right = contract.inconsistent | trim -%}
    {%- elif reason == 'out_of_range' and not column_name -%}
        {{ return(said(told, 'reason_together', right=contract.out_of_range | trim)) }}
    {%- elif reason == 'bad_type' -%}
        {%- set right = said(told, 'share' if meta.is_share else column.type.split('(')[0] | trim) -%}
    {%- elif reason == 'not_allowed' -%}
        {%- set right = meta.get('values') | join(', ') -%}
    {%- elif reason == 'out_of_range' and meta.range_by -%}
        {%- set ranges = [] -%}
        {%- for kind, range in meta.range_by.ranges.items() -%}
            {%- do ranges.append(kind ~ ' ' ~ range[0] ~ '–' ~ range[1]) -%}
        {%- endfor -%}
        {%- set right = ranges | join(', ') -%}
    {%- elif reason == 'out_of_range' and meta.above is defined -%}
        {%- set right = '> ' ~ meta.above -%}
    {%- elif reason == 'out_of_range' and meta.max is defined -%}
        {%- set right = meta.min ~ '–' ~ meta.max -%}
    {%- elif reason == 'out_of_range' -%}
        {%- set right = '≥ ' ~ meta.min -%}
    {%- elif reason == 'unknown_reference' -%}
        {%- set right = meta.references -%}
    {%- endif -%}
    {{ return(said(told, 'reason_' ~ reason, column=column_name, value=value or '', right=right)) }}
{%- endmacro %}


{% macro remark_lines(told, remarks, bases, counts) -%}
    {#-
        What is used but worth a look: sentences about files and columns, rows that are flagged, codes that
        no config seed knows, and what is seldom true of a company.

        remarks: list of dicts of said(); bases: of checked_bases(); counts: of base_counts().
    -#}
    {%- set lines = [] -%}
    {%- for remark in remarks -%}
        {%- do lines.append('  ' ~ said(told, **remark)) -%}
    {%- endfor -%}
    {%- set found = flag_lines(told, bases) + code_lines(told, bases, counts)
        + suspicions(told, bases, counts) -%}
    {%- for line in found -%}
        {%- do lines.append('  ' ~ line) -%}
    {%- endfor -%}
    {{ return(['', said(told, 'remarks')] + lines if lines else []) }}
{%- endmacro %}


{% macro flag_lines(told, bases) -%}
    {#- How many rows are flagged for what, with the first of them. bases: of checked_bases(). -#}
    {%- set queries = [] -%}
    {%- if 'subscription_items' in bases and 'plans' in bases -%}
        {%- set plans = '(select * from ' ~ bases['plans'] ~ ' where '
            ~ is_usable(raw_table_contract('plans')) ~ ')' -%}
        {%- do queries.append(open_twice(bases['subscription_items'], plans)) -%}
    {%- endif -%}
    {%- for table, base in bases.items() if flags_of(table) -%}
        {%- do queries.append(flagged(table, base)) -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- if not queries -%}
        {{ return(lines) }}
    {%- endif -%}
    {%- for row in run_query(
        'select table_name, reason, column_name, count(*), min(row_key), min(flagged_value) from ('
        ~ queries | join('\nunion all\n') ~ ') as flags '
        ~ 'group by table_name, reason, column_name order by table_name, reason, column_name'
    ).rows -%}
        {%- do lines.append(said(
            told, 'flag_' ~ row[1], n=row[3] | int, table=row[0], column=row[2], key=row[4],
            value=row[5] or ''
        )) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}


{% macro code_lines(told, bases, counts) -%}
    {#-
        Codes in the raw tables that are not in the config seed which says what they mean.

        bases: of checked_bases(); counts: of base_counts().
    -#}
    {%- set lines = [] -%}
    {%- for contract in raw_contract() if counts[contract.name].used -%}
        {%- for column in contract.columns if column.meta.listed_in and is_there(config_seed_of(column)) -%}
            {%- set seed = config_seed_of(column) -%}
            {%- set key = column.meta.listed_in.column -%}
            {%- set codes -%}
                select landed.{{ column.name }}, count(*) as landed_rows
                from {{ bases[contract.name] }} as landed
                where landed.row_status = 'used' and landed.{{ column.name }} is not null
                    and not exists (
                        select 1 from {{ seed }} as listed
                        where lower(listed.{{ key }}) = lower(landed.{{ column.name }})
                    )
                group by landed.{{ column.name }}
                order by 2 desc, 1
            {%- endset -%}
            {%- set unknown = run_query(codes).rows -%}
            {%- if unknown -%}
                {%- set shown = [] -%}
                {%- for row in unknown[:5] -%}
                    {%- do shown.append(row[0]) -%}
                {%- endfor -%}
                {%- do lines.append(said(
                    told, 'codes', n=unknown | length, table=contract.name, column=column.name,
                    seed=column.meta.listed_in.seed,
                    names=shown | join(', ') ~ (' …' if unknown | length > 5 else '')
                )) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}


{% macro config_seed_of(column) -%}
    {#- Relation of the config seed that lists the values of a raw column. -#}
    {{ return(config_seed(column.meta.listed_in.seed)) }}
{%- endmacro %}


{% macro is_there(relation) -%}
    {#- Whether a table is in the warehouse. -#}
    {{ return(adapter.get_relation(relation.database, relation.schema, relation.identifier) is not none) }}
{%- endmacro %}


{% macro suspicions(told, bases, counts) -%}
    {#-
        What is possible, but more often a mistake of an export: everybody signed up on one day, one
        customer with most of the MRR, moments in the future, rows of the template.

        bases: of checked_bases(); counts: of base_counts().
    -#}
    {%- set lines = [] -%}
    {%- set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') -%}
    {%- set signups -%}
        select
            count(*),
            count(distinct signed_up_on),
            cast(min(signed_up_on) as {{ dbt.type_string() }})
        from (
            select {{ local_date('signed_up_at') }} as signed_up_on
            from {{ bases['customers'] }}
            where row_status = 'used'
        ) as signups
    {%- endset -%}
    {%- set row = run_query(signups).rows[0] -%}
    {%- if row[0] >= 5 and row[1] == 1 -%}
        {%- do lines.append(said(told, 'one_day', n=row[0] | int, day=row[2])) -%}
    {%- endif -%}
    {%- for contract in raw_contract()
        if counts[contract.name].used and contract.key | length == 1 -%}
        {%- set example -%}
            select 1 as found from {{ bases[contract.name] }}
            where row_status = 'used' and {{ contract.key[0] }} = 'example'
        {%- endset -%}
        {%- do lines.append(said(told, 'example_row', table=contract.name)) if run_query(example).rows -%}
    {%- endfor -%}
    {%- if 'subscription_items' in bases and 'subscriptions' in bases -%}
        {%- for row in run_query(largest_shares(bases)).rows -%}
            {%- do lines.append(said(
                told, 'one_customer', key=row[0], share='%.0f' | format(100 * row[2]), currency=row[1]
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for contract in raw_contract() if counts[contract.name].used -%}
        {%- for column in contract.columns
            if column.type == 'timestamp' and column.meta.required and not column.meta.may_come -%}
            {%- set later -%}
                select count(*), cast(max({{ column.name }}) as {{ dbt.type_string() }})
                from {{ bases[contract.name] }}
                where row_status = 'used'
                    and {{ column.name }} > cast('{{ now }}' as {{ dbt.type_timestamp() }})
            {%- endset -%}
            {%- set row = run_query(later).rows[0] -%}
            {%- do lines.append(said(
                told, 'to_come', n=row[0] | int, table=contract.name, column=column.name, value=row[1]
            )) if row[0] -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}


{% macro largest_shares(bases) -%}
    {#-
        Select statement of the customers with at least half of the MRR of a currency on the as-of date,
        where five or more have some: customer_id, currency_code, share. bases: of checked_bases().
    -#}
    with

    items as (
        select
            subscriptions.customer_id,
            items.currency_code,
            sum({{ item_mrr(
                'items.quantity', 'items.unit_price', 'items.discount_rate',
                'cast(1 as numeric(18, 8))', 'items.billing_interval'
            ) }}) as mrr
        from {{ bases['subscription_items'] }} as items
        inner join {{ bases['subscriptions'] }} as subscriptions
            on items.subscription_id = subscriptions.subscription_id
        where items.row_status = 'used' and subscriptions.row_status = 'used'
            and {{ is_by_as_of('items.valid_from') }}
            and (items.valid_to is null or not {{ is_by_as_of('items.valid_to') }})
            and (subscriptions.ended_at is null or not {{ is_by_as_of('subscriptions.ended_at') }})
        group by subscriptions.customer_id, items.currency_code
    ),

    shares as (
        select
            customer_id,
            currency_code,
            mrr,
            count(*) over (partition by currency_code) as customers,
            sum(mrr) over (partition by currency_code) as total_mrr
        from items
        where mrr > 0
    )

    select customer_id, currency_code, 1.0 * mrr / total_mrr as share
    from shares
    where 2 * mrr >= total_mrr and customers >= 5
    order by customer_id, currency_code
{%- endmacro %}


{% macro kpi_lines(told, counts) -%}
    {#-
        How many KPIs of the catalogue can be computed, and what the others need. counts: of
        base_counts().
    -#}
    {%- set catalog = config_seed('kpi_catalog') -%}
    {%- if not is_there(catalog) -%}
        {{ return(['', said(told, 'no_catalog')]) }}
    {%- endif -%}
    {%- set kpis = run_query(
        'select kpi_name, kpi_name_ja, needs from ' ~ catalog ~ ' order by sort_order'
    ).rows -%}
    {%- set missing = {} -%}
    {%- for row in kpis -%}
        {%- set lacking = [] -%}
        {%- for need in row[2].split(' ') -%}
            {%- set there = [] -%}
            {%- for table in need.split('|') if counts[table].used -%}
                {%- do there.append(table) -%}
            {%- endfor -%}
            {%- do lacking.append(need | replace('|', said(told, 'or'))) if not there -%}
        {%- endfor -%}
        {%- if lacking -%}
            {%- set tables = lacking | join(', ') -%}
            {%- do missing.update({tables: missing.get(tables, []) + [row[1 if told == 'ja' else 0]]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set others = missing.values() | map('length') | sum -%}
    {%- set lines = ['', said(told, 'kpis', n=kpis | length - others, total=kpis | length)] -%}
    {%- for tables, names in missing.items() -%}
        {%- do lines.append('  ' ~ said(told, 'kpi_needs', tables=tables, names=names | join(', '))) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}
