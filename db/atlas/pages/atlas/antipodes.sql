-- title: Cities at each other's feet
-- description: Cities of 300,000 people or more that have another at their antipode, or close to it, and by how many kilometres they miss it.
-- chart: bar x=cities y=kilometres
-- ttl: 86400

-- Bands of four degrees of latitude: antipodes are in one or the next.
WITH big AS MATERIALIZED (
	SELECT id, name, country, lat, lon,
		CAST(floor(lat / 4) AS INTEGER) AS band,
		CAST(floor(-lat / 4) AS INTEGER) AS opposite
	FROM places
	WHERE population >= 300000 AND feature <> 'PPLX'
), next (step) AS (
	VALUES (-1), (0), (1)
), pairs AS (
	SELECT a.name || ' and ' || b.name AS cities,
		6371 * acos(min(1, -sin(radians(a.lat)) * sin(radians(b.lat)) -
			cos(radians(a.lat)) * cos(radians(b.lat)) *
			cos(radians(a.lon - b.lon)))) AS distance,
		a.country AS one, b.country AS other, a.lat, a.lon
	FROM big AS a
	CROSS JOIN next
	JOIN big AS b ON b.band = a.opposite + step
	WHERE a.lat > 0 AND (b.lat <= 0 OR a.id < b.id)
		AND abs(a.lon - b.lon) BETWEEN 175 AND 185
)
SELECT cities, CAST(round(distance) AS INTEGER) AS kilometres,
	x.name AS "of the one", y.name AS "of the other", lat, lon
FROM pairs
JOIN countries AS x ON x.iso2 = one
JOIN countries AS y ON y.iso2 = other
ORDER BY distance
LIMIT 20
