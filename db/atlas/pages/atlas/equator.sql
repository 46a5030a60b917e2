-- title: On the equator
-- description: Towns that lie within so many kilometres of it, and how far to the north (or, below zero, to the south).
-- chart: scatter x=longitude y="km north"
-- param km: 25
-- ttl: 86400

SELECT place.name AS town, c.name AS country, place.population AS people,
	round(place.lon, 2) AS longitude,
	round(radians(place.lat) * 6371, 1) AS "km north"
FROM places_position AS position
JOIN places AS place ON place.id = position.id
JOIN countries AS c ON c.iso2 = place.country
WHERE position.min_lat <= degrees(CAST(:km AS REAL) / 6371)
	AND position.max_lat >= -degrees(CAST(:km AS REAL) / 6371)
	AND abs(place.lat) <= degrees(CAST(:km AS REAL) / 6371)
ORDER BY place.population DESC
LIMIT 500
