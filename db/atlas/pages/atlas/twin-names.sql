-- title: Twin names
-- description: The place names that the most countries have.
-- chart: bar x=name y=countries
-- ttl: 86400

SELECT name, count(DISTINCT country) AS countries, count(*) AS places
FROM places
GROUP BY name
ORDER BY countries DESC, places DESC, name
LIMIT 30
