{# The account of raw rows: which were rejected and why, and how many of each status there are. #}

{% macro rejections(table, base) -%}
    {#-
        Select statement with a row per rejected raw row, reason and column: table_name, row_key,
        reason, column_name, bad_value, loaded_at. column_name is empty for inconsistent rows.

        table: name in the raw contract; base: its base model.
    -#}
    select
        '{{ table }}' as table_name,
        rejected.row_key,
        case columns_checked.column_name
            {%- for name in checked_columns(table) %}
            when '{{ name }}' then rejected.{{ name }}_reason
            {%- endfor %}
            else rejected.inconsistent_reason
        end as reason,
        columns_checked.column_name,
        case columns_checked.column_name
            {%- for name in checked_columns(table) %}
            when '{{ name }}' then rejected.{{ name }}_bad_value
            {%- endfor %}
        end as bad_value,
        rejected.loaded_at
    from {{ base }} as rejected
    cross join (
        {%- for name in checked_columns(table) %}
        select '{{ name }}' as column_name union all
        {%- endfor %}
        select '' as column_name
    ) as columns_checked
    where rejected.row_status = 'rejected'
{%- endmacro %}


{% macro flagged(table, base) -%}
    {#-
        Select statement with a row per flagged raw row and reason: table_name, row_key, reason,
        column_name (empty for the row as a whole), flagged_value, loaded_at.

        table: name in the raw contract; base: its base model. Tables without flags give no rows.
    -#}
    {%- for flag in flags_of(table) %}
    select
        '{{ table }}' as table_name,
        row_key,
        '{{ flag.reason }}' as reason,
        '{{ flag.column_name }}' as column_name,
        {{ flag.column_name or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as flagged_value,
        loaded_at
    from {{ base }}
    where {{ flag.name }}_flag
    {{- '\n    union all' if not loop.last }}
    {%- else %}
    select
        '{{ table }}' as table_name,
        cast(null as {{ dbt.type_string() }}) as row_key,
        cast(null as {{ dbt.type_string() }}) as reason,
        cast(null as {{ dbt.type_string() }}) as column_name,
        cast(null as {{ dbt.type_string() }}) as flagged_value,
        cast(null as {{ dbt.type_timestamp() }}) as loaded_at
    from {{ base }}
    where false
    {%- endfor %}
{%- endmacro %}


{% macro open_twice(items, plans) -%}
    {#-
        Select statement, in the form of flagged(), of subscription items without an end beside another
        one, of the same product in the same subscription: an upgrade whose old item was left open, or
        two lines that are meant.

        items: base model of the items; plans: the plans that can be used.
    -#}
    select
        'subscription_items' as table_name,
        open_items.subscription_item_id as row_key,
        'open_twice' as reason,
        '' as column_name,
        cast(null as {{ dbt.type_string() }}) as flagged_value,
        open_items.loaded_at
    from (
        select
            items.subscription_item_id,
            items.loaded_at,
            count(*) over (partition by items.subscription_id, sold.product_id) as open_together
        from {{ items }} as items
        inner join {{ plans }} as sold on items.plan_id = sold.plan_id
        where items.row_status = 'used' and items.valid_to is null
    ) as open_items
    where open_items.open_together > 1
{%- endmacro %}


{% macro is_beyond_limit(raw_rows, rejected_rows) -%}
    {#-
        Whether so many rows of a raw table are rejected that the build fails: more than
        max_rejected_share of them and at least min_rejected_rows, or all of them.
    -#}
    {{ rejected_rows }} > {{ var('max_rejected_share') }} * {{ raw_rows }}
    and ({{ rejected_rows }} >= {{ var('min_rejected_rows') }} or {{ rejected_rows }} = {{ raw_rows }})
{%- endmacro %}


{% macro row_counts(table, base) -%}
    {#-
        Select statement of one row: where a raw table comes from, and how many of its rows have
        which status, and how many flags.

        table: name in the raw contract; base: its base model.
    -#}
    {%- set origin = raw_origin(table) %}
    select
        '{{ table }}' as table_name,
        {{ 'false' if origin == 'absent' else 'true' }} as is_present,
        '{{ origin }}' as origin,
        count(*) as raw_rows,
        {%- for status in ['used', 'superseded', 'deleted', 'rejected'] %}
        coalesce(sum(case when row_status = '{{ status }}' then 1 else 0 end), 0)
            as {{ status }}_rows,
        {%- endfor %}
        coalesce(sum(
            {%- for flag in flags_of(table) %}
            case when {{ flag.name }}_flag then 1 else 0 end
            {{- ' + ' if not loop.last }}
            {%- else %} 0 {%- endfor %}
        ), 0) as flags
    from {{ base }}
{%- endmacro %}
