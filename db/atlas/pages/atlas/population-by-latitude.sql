-- title: Population by latitude
-- description: From north to south, five degrees each: how many people live in the places there.
-- chart: bar x=latitude y=people
-- ttl: 86400

SELECT CASE
		WHEN south < 0 THEN printf('%d° to %d° S', -south - 5, -south)
		ELSE printf('%d° to %d° N', south, south + 5)
	END AS latitude,
	people, places, name AS "largest place", country
FROM (
	SELECT CAST(floor(lat / 5) AS INTEGER) * 5 AS south,
		coalesce(sum(population), 0) AS people, count(*) AS places,
		max(population), name, country
	FROM places
	GROUP BY 1
)
ORDER BY south DESC
