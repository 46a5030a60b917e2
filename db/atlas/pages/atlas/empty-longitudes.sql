-- title: The emptiest longitudes
-- description: People and places in each stripe from pole to pole; 1 is the emptiest. Two oceans stand out.
-- description: The longitude is that of the stripe's western edge, in degrees east of Greenwich.
-- chart: bar x=longitude y=people
-- param degrees: 5
-- ttl: 86400

WITH RECURSIVE width (degrees) AS (
	SELECT min(max(CAST(:degrees AS INTEGER), 1), 90)
),
stripes (longitude) AS (
	SELECT -180
	UNION ALL
	SELECT longitude + degrees FROM stripes, width
	WHERE longitude + degrees < 180
),
counts AS (
	SELECT CAST((lon + 180) / degrees AS INTEGER) * degrees - 180
			AS longitude,
		sum(population) AS people, count(*) AS places
	FROM places, width
	WHERE lon < 180
	GROUP BY 1
)
SELECT longitude, coalesce(people, 0) AS people,
	coalesce(places, 0) AS places,
	rank() OVER (ORDER BY coalesce(people, 0)) AS emptiest
FROM stripes LEFT JOIN counts USING (longitude)
ORDER BY longitude
