-- title: Twin names
-- description: The names that places have in the most countries, and the largest place of each.
-- chart: bar x=name y=countries
-- ttl: 86400

-- A name in so many countries has as many places at least, which the index of
-- names tells by itself.
WITH often AS MATERIALIZED (
	SELECT name FROM places GROUP BY name HAVING count(*) >= 8
), twins AS MATERIALIZED (
	SELECT name, count(DISTINCT country) AS countries, count(*) AS places
	FROM often JOIN places USING (name)
	GROUP BY name
	ORDER BY countries DESC, places DESC, name
	LIMIT 25
)
SELECT twins.name, countries, places,
	countries.name AS "the largest is in", largest.population, lat, lon
FROM twins
JOIN places AS largest ON largest.id = (
	SELECT id FROM places
	WHERE name = twins.name
	ORDER BY population DESC LIMIT 1
)
JOIN countries ON iso2 = largest.country
ORDER BY countries DESC, places DESC, twins.name
