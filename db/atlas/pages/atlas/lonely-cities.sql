-- title: The loneliest cities of a million
-- description: How far it is, along a great circle, to the next city with a million people or more.
-- chart: bar x=city y=km
-- ttl: 86400

-- The cosine of the angle between two cities is the product of their unit
-- vectors, and is largest for the nearest.
WITH cities AS MATERIALIZED (
	SELECT id, name, country,
		cos(radians(lat)) * cos(radians(lon)) AS x,
		cos(radians(lat)) * sin(radians(lon)) AS y,
		sin(radians(lat)) AS z
	FROM places
	WHERE population >= 1000000
),
nearest AS (
	SELECT a.name, a.country, b.name AS other, b.country AS other_country,
		max(a.x * b.x + a.y * b.y + a.z * b.z) AS cosine
	FROM cities AS a, cities AS b
	WHERE a.id <> b.id
	GROUP BY a.id
)
SELECT nearest.name AS city, c.name AS country,
	CAST(round(6371 * acos(min(cosine, 1))) AS INTEGER) AS km,
	other AS "nearest city", o.name AS "its country"
FROM nearest
JOIN countries AS c ON c.iso2 = nearest.country
JOIN countries AS o ON o.iso2 = other_country
ORDER BY cosine
LIMIT 25
