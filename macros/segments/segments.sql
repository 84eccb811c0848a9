{#
    Cutting by segment. A model that counts by segment carries one column per segment type, never
    null ((none) instead), groups by the sets that segment_sets() lists, and reads type and value
    back with segment_type() and segment_value(). The column of a segment type is segment_column().
#}

{% macro customer_attributes() -%}
    {#- Segment types that are attributes of the customer today: columns of int_customers. -#}
    {{ return([
        'acquisition_channel', 'country_code', 'industry', 'company_size', 'csm_owner',
        'signup_fiscal_year',
    ] + own_attributes()) }}
{%- endmacro %}


{% macro own_attributes() -%}
    {#- Columns that the raw table customers has beyond the contract and var customer_columns names. -#}
    {%- set columns = var('customer_columns') if execute else [] -%}
    {{ return(columns | list if is_list_of_names(columns) else []) }}
{%- endmacro %}


{% macro is_list_of_names(value) -%}
    {#- Whether the value of a var is a list of texts. -#}
    {{ return(
        value is iterable and value is not string and value is not mapping
        and not value | reject('string') | list
    ) }}
{%- endmacro %}


{% macro segment_column(type) -%}
    {#-
        Name of the column that holds the values of a segment type. Those of one's own are numbered:
        whatever they are called, their columns can stand beside those of any model.
    -#}
    {{ return('own_' ~ (own_attributes().index(type) + 1) if type in own_attributes() else type) }}
{%- endmacro %}


{% macro plan_attributes() -%}
    {#- Segment types that are attributes of the plan: each with its column of dim_plans. -#}
    {{ return({'plan': 'plan_id', 'product': 'product_id'}) }}
{%- endmacro %}


{% macro ticket_attributes() -%}
    {#- Segment types of tickets only: each with its value, SQL of columns of fct_support_tickets. -#}
    {{ return({'ticket_priority': 'lower(priority)', 'ticket_channel': 'channel'}) }}
{%- endmacro %}


{% macro general_segments() -%}
    {#- Every segment type of customers, by whose plan or attributes all KPIs can be cut. -#}
    {{ return(plan_attributes().keys() | list + customer_attributes()) }}
{%- endmacro %}


{% macro available_segments() -%}
    {#- Every segment type that var segments may name. -#}
    {{ return(general_segments() + ticket_attributes().keys() | list) }}
{%- endmacro %}


{% macro segment_types() -%}
    {#- The segment types that var segments chooses for every KPI, without all. -#}
    {{ return(var('segments') | reject('in', ticket_attributes()) | list if execute else []) }}
{%- endmacro %}


{% macro ticket_segment_types() -%}
    {#- Those that var segments chooses for the KPIs of support, in addition to segment_types(). -#}
    {{ return(var('segments') | select('in', ticket_attributes()) | list if execute else []) }}
{%- endmacro %}


{% macro plan_segment_types() -%}
    {#- Those of segment_types() that are attributes of the plan. -#}
    {%- set types = [] -%}
    {%- for type in segment_types() if type in plan_attributes() -%}
        {%- do types.append(type) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}


{% macro segment_columns(customer_segments, plan_segments) -%}
    {#-
        One column per chosen segment type with a comma behind each, for the head of a select list.

        customer_segments: alias of int_customer_segments; plan_segments: alias of int_plan_segments
        joined on the plan under which a row is counted. A null join reads (none).
    -#}
    {%- for type in segment_types() %}
    {%- set source = plan_segments if type in plan_attributes() else customer_segments %}
    {%- set column = segment_column(type) %}
    coalesce({{ source }}.{{ column }}, '(none)') as {{ column }},
    {%- endfor -%}
{%- endmacro %}


{% macro segment_sets(columns, further=[]) -%}
    {#-
        grouping sets of `columns` (list): alone for all, and with each chosen segment type.

        further: segment types in addition to segment_types(), each a column.
    -#}
    grouping sets (
        ({{ columns | join(', ') }})
        {%- for type in segment_types() + further %},
        ({{ (columns + [segment_column(type)]) | join(', ') }})
        {%- endfor %}
    )
{%- endmacro %}


{% macro segment_type(further=[]) -%}
    {#- Segment type of a row of grouping sets. further: as in segment_sets(). -#}
    coalesce(
        {%- for type in segment_types() + further %}
        case when {{ segment_column(type) }} is not null then '{{ type }}' end,
        {%- endfor %}
        'all'
    )
{%- endmacro %}


{% macro segment_value(further=[]) -%}
    {#- Segment value of a row of grouping sets; all where the type is all. further: as above. -#}
    coalesce({% for type in segment_types() + further %}{{ segment_column(type) }}, {% endfor %}'all')
{%- endmacro %}


{% macro in_segments(relation, day, columns, segments, or_nobody=false) -%}
    {#-
        Select statement: dated things of customers with the segments that they are counted in, one
        column per chosen segment type, then `columns`.

        relation: name of a CTE with customer_id, the date column `day` and `columns` (list);
        segments: name of a CTE with the rows of int_segments_by_day; or_nobody: whether things
        without a customer are counted, too, under (none).
    -#}
    select
        {%- for type in segment_types() %}
        {{ segments }}.{{ segment_column(type) }},
        {%- endfor %}
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    inner join {{ segments }}
        on {{ relation }}.customer_id = {{ segments }}.customer_id
            and {{ relation }}.{{ day }} >= {{ segments }}.from_on
            and ({{ relation }}.{{ day }} < {{ segments }}.to_on or {{ segments }}.to_on is null)
    {%- if or_nobody %}
    union all
    select
        {%- for type in segment_types() %}
        '(none)' as {{ segment_column(type) }},
        {%- endfor %}
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    where {{ relation }}.customer_id is null
    {%- endif %}
{%- endmacro %}


{% macro merged_values(counts) -%}
    {#-
        Select statement: the values of segment types that have more than max_segment_values, without
        those that most things have (ties: the first by name). They are reported as (other).

        counts: name of a CTE with segment_type, segment_value (not null) and things, how many have
        the value.
    -#}
    select
        segment_type,
        segment_value,
        things
    from (
        select
            segment_type,
            segment_value,
            sum(things) as things,
            row_number() over (
                partition by segment_type
                order by sum(things) desc, {{ binary_collation('segment_value') }}
            ) as value_number
        from {{ counts }}
        group by segment_type, segment_value
    ) as ranked
    where value_number > {{ var('max_segment_values') }}
{%- endmacro %}


{% macro reported_value(type, value) -%}
    {#-
        The value under which a segment type is reported: (other) for merged ones; null where null.

        type: the segment type; value: SQL of its value. The query has join_merged_values().
    -#}
    {%- if type in segment_types() + ticket_segment_types() -%}
    case
        when merged_{{ segment_column(type) }}.segment_value is not null then '(other)'
        else {{ value }}
    end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}


{% macro join_merged_values(merged, values) -%}
    {#-
        Left joins for reported_value().

        merged: name of a CTE with rows of merged_values(); values: dict of segment type to SQL of its
        value.
    -#}
    {%- for type, value in values.items() if type in segment_types() + ticket_segment_types() %}
    {%- set alias = 'merged_' ~ segment_column(type) %}
    left join {{ merged }} as {{ alias }}
        on {{ alias }}.segment_type = '{{ type }}'
            and {{ value }} = {{ alias }}.segment_value
    {%- endfor %}
{%- endmacro %}


{% macro attribute_values(relation, attributes) -%}
    {#-
        By segment type, SQL of its value, as a dict.

        relation: alias of what has the attributes; attributes: their columns, as a dict by segment
        type, or a list of segment types.
    -#}
    {%- set values = {} -%}
    {%- for type in attributes -%}
        {%- set column = attributes[type] if attributes is mapping else segment_column(type) -%}
        {%- do values.update({type: relation ~ '.' ~ column}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{% macro segment_value_counts(customers, plan_items, costs) -%}
    {#-
        Select statement: segment_type, segment_value and things, how many customers have the value, for
        merged_values().

        customers: name of a CTE with the rows of int_customers; plan_items: of one with customer_id and
        the columns of dim_plans, a row per item; costs: of one with the channels of costs, which are
        known even where no customer came through them.
    -#}
    {%- for type in segment_types() %}
    {%- set column = plan_attributes().get(type, segment_column(type)) %}
    select
        '{{ type }}' as segment_type,
        {{ column }} as segment_value,
        count(distinct customer_id) as things
    from {{ plan_items if type in plan_attributes() else customers }}
    where {{ column }} is not null
    group by {{ column }}
    union all
    {%- endfor %}
    select distinct
        'acquisition_channel' as segment_type,
        acquisition_channel as segment_value,
        0 as things
    from {{ costs }}
    where {{ 'true' if 'acquisition_channel' in segment_types() else 'false' }}
{%- endmacro %}


{% macro segment_columns_of(types) -%}
    {#- Names of the columns of segment types (list), as a list. -#}
    {%- set columns = [] -%}
    {%- for type in types -%}
        {%- do columns.append(segment_column(type)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
