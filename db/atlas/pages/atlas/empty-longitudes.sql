-- title: The emptiest longitudes
-- description: Five degrees each, from pole to pole: where the fewest people live.
-- chart: bar x=longitude y=people
-- ttl: 86400

WITH RECURSIVE strips (west) AS (
	SELECT -180 UNION ALL SELECT west + 5 FROM strips WHERE west < 175
), filled AS MATERIALIZED (
	SELECT CAST(floor(lon / 5) AS INTEGER) * 5 AS west,
		sum(population) AS people, count(*) AS places,
		max(population), name, country
	FROM places
	GROUP BY 1
)
SELECT CASE
		WHEN west < 0 THEN printf('%d° to %d° W', -west, -west - 5)
		ELSE printf('%d° to %d° E', west, west + 5)
	END AS longitude,
	coalesce(people, 0) AS people, coalesce(places, 0) AS places,
	filled.name AS "largest place", countries.name AS country
FROM strips
LEFT JOIN filled USING (west)
LEFT JOIN countries ON iso2 = country
ORDER BY 2, 3, west
LIMIT 20
