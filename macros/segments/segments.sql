{#
    Cutting by segment. A model that counts by segment carries one column per segment type, never
    null ((none) instead), groups by the sets that segment_sets() lists, and reads type and value
    back with segment_type() and segment_value().
#}

{% macro customer_attributes() -%}
    {#- Segment types that are attributes of the customer today: columns of int_customers. -#}
    {{ return([
        'acquisition_channel', 'country_code', 'industry', 'company_size', 'csm_owner',
        'signup_fiscal_year',
    ]) }}
{%- endmacro %}


{% macro plan_attributes() -%}
    {#- Segment types that are attributes of the plan: each with its column of dim_plans. -#}
    {{ return({'plan': 'plan_id', 'product': 'product_id'}) }}
{%- endmacro %}


{% macro available_segments() -%}
    {#- Every segment type that var segments may name. -#}
    {{ return(plan_attributes().keys() | list + customer_attributes()) }}
{%- endmacro %}


{% macro segment_types() -%}
    {#- The segment types that var segments chooses, without all. -#}
    {{ return(var('segments') if execute else []) }}
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
    coalesce({{ source }}.{{ type }}, '(none)') as {{ type }},
    {%- endfor -%}
{%- endmacro %}


{% macro segment_sets(columns) -%}
    {#- grouping sets of `columns` (list): alone for all, and with each chosen segment type. -#}
    grouping sets (
        ({{ columns | join(', ') }})
        {%- for type in segment_types() %},
        ({{ (columns + [type]) | join(', ') }})
        {%- endfor %}
    )
{%- endmacro %}


{% macro segment_type() -%}
    {#- Segment type of a row of grouping sets. -#}
    coalesce(
        {%- for type in segment_types() %}
        case when {{ type }} is not null then '{{ type }}' end,
        {%- endfor %}
        'all'
    )
{%- endmacro %}


{% macro segment_value() -%}
    {#- Segment value of a row of grouping sets; all where the type is all. -#}
    coalesce({% for type in segment_types() %}{{ type }}, {% endfor %}'all')
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
        {{ segments }}.{{ type }},
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
        '(none)' as {{ type }},
        {%- endfor %}
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    where {{ relation }}.customer_id is null
    {%- endif %}
{%- endmacro %}
