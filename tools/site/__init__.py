"""The KPI site: static pages of charts and tables, written from the marts and nothing else.

`pages.py` lists the pages with what stands on them; a chart or a page is added there, its title and
the labels of its columns in `languages/`. `marts.py` reads, `charts.py` draws, `figures.py` writes
numbers, `render.py` puts pages together, `static/site.js` picks rows as the reader chooses.
"""
