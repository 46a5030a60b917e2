-- title: Capitals in the shade
-- description: Capitals that are smaller than another city of their country, and how many times as many people that city has.
-- chart: bar x=capital y=times
-- ttl: 86400

SELECT capital.name AS capital, country.name AS country,
	capital.population AS people, city.name AS "largest city",
	city.population AS "its people",
	round(1.0 * city.population / capital.population, 1) AS times
FROM places AS capital
JOIN countries AS country ON country.iso2 = capital.country
JOIN places AS city ON city.id = (
	SELECT id FROM places
	WHERE country = capital.country ORDER BY population DESC LIMIT 1
)
WHERE capital.feature = 'PPLC' AND city.population > capital.population
ORDER BY 1.0 * city.population / capital.population DESC
LIMIT 40
