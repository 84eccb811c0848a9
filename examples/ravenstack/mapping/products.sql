-- Everything the company sells is one product with three plans. Three products instead would turn
-- every move between plans into a cross-sell.
select 'ravenstack' as product_id, 'RavenStack' as product_name
