-- title: Outgrown capitals
-- description: Capitals that are smaller than another city of their country, and by how much.
-- chart: bar x=capital y=times
-- ttl: 86400

SELECT capital.name AS capital,
	round(1.0 * city.population / capital.population, 1) AS times,
	countries.name AS country, capital.population,
	city.name AS "largest city",
	city.population AS "population of that",
	capital.lat, capital.lon
FROM places AS capital
JOIN countries ON iso2 = capital.country
JOIN places AS city ON city.id = (
	SELECT id FROM places
	WHERE country = iso2 AND feature <> 'PPLX'
	ORDER BY population DESC LIMIT 1
)
WHERE capital.feature = 'PPLC' AND city.population > capital.population
ORDER BY times DESC, capital
