-- title: The loneliest cities of a million
-- description: The farthest from any other city of a million people, as the crow flies.
-- chart: bar x=city y=kilometres
-- ttl: 86400

-- Quarters of cities, which have a feature of their own, are no cities. Points
-- of a globe of radius 1: of two, the product is the cosine of their distance.
WITH big AS MATERIALIZED (
	SELECT id, name, country, lat, lon,
		cos(radians(lat)) * cos(radians(lon)) AS x,
		cos(radians(lat)) * sin(radians(lon)) AS y,
		sin(radians(lat)) AS z
	FROM places
	WHERE population >= 1000000 AND feature <> 'PPLX'
), nearest AS (
	SELECT a.id, b.id AS other,
		max(a.x * b.x + a.y * b.y + a.z * b.z) AS cosine
	FROM big AS a JOIN big AS b ON b.id <> a.id
	GROUP BY a.id
)
SELECT city.name AS city,
	CAST(round(6371 * acos(min(1, cosine))) AS INTEGER) AS kilometres,
	other.name AS "the nearest other", countries.name AS country,
	city.lat, city.lon
FROM nearest
JOIN places AS city USING (id)
JOIN places AS other ON other.id = nearest.other
JOIN countries ON iso2 = city.country
ORDER BY kilometres DESC
LIMIT 25
