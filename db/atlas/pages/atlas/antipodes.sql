-- title: Cities with a city below
-- description: Pairs of cities of 100,000 people or more on opposite sides of the Earth: how far the second one is from the first one's antipode, in kilometres.
-- chart: bar x=cities y=km
-- ttl: 86400

WITH cities AS (
	SELECT id, name, country, lat, lon,
		-lat AS below_lat, lon + iif(lon > 0, -180, 180) AS below_lon
	FROM places WHERE population >= 100000
)
SELECT a.name || ' – ' || b.name AS cities,
	a.country || ' – ' || b.country AS countries,
	round(2 * 6371 * asin(sqrt(
		pow(sin(radians(b.lat - a.below_lat) / 2), 2)
		+ cos(radians(a.below_lat)) * cos(radians(b.lat))
		* pow(sin(radians(b.lon - a.below_lon) / 2), 2)))) AS km
FROM cities AS a
CROSS JOIN places_position AS p
	ON p.min_lat <= a.below_lat + 1.5 AND p.max_lat >= a.below_lat - 1.5
	AND p.min_lon <= a.below_lon + 1.5 AND p.max_lon >= a.below_lon - 1.5
CROSS JOIN places AS b ON b.id = p.id
WHERE b.population >= 100000 AND a.id < b.id
ORDER BY km
LIMIT 25
