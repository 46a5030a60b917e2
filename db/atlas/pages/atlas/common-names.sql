-- title: The most common place names
-- description: Of a continent: Africa, Asia, Europe, North America, Oceania or South America.
-- chart: bar x=name y=places
-- param continent: Europe
-- ttl: 86400

SELECT name, count(*) AS places, count(DISTINCT country) AS countries
FROM places
WHERE country IN (
	SELECT iso2 FROM countries WHERE continent = :continent
)
GROUP BY name
ORDER BY places DESC, name
LIMIT 30
