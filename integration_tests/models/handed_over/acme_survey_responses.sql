select * from {{ source('erp', 'survey_responses') }}
