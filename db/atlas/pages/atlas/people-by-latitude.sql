-- title: People by latitude
-- description: Six of seven people live north of the equator. The latitude is that of the southern edge of a band of five degrees.
-- chart: bar x=latitude y=people
-- ttl: 86400

SELECT CAST((lat + 90) / 5 AS INTEGER) * 5 - 90 AS latitude,
	coalesce(sum(population), 0) AS people, count(*) AS places
FROM places
GROUP BY 1
ORDER BY 1
