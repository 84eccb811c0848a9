"""Python beside dbt: what SQL cannot do."""
