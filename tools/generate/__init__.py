"""`make generate`: writes the files that repeat what is defined elsewhere.

From the raw contract: descriptions and tests of the base_ and stg_ models, doc blocks of raw
columns, properties of the sample's seeds, and the lists of tables that dbt needs while it parses.
From the KPI catalogue: doc blocks of KPI columns. `__main__.FILES` lists the files.
"""
