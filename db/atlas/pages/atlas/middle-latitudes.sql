-- title: Where a country's middle is
-- description: The latitude that half of its people live north of, half of them south; of the countries with the most people in places that are known.
-- chart: scatter x=people y=latitude
-- ttl: 86400

WITH summed AS (
	SELECT country, lat,
		sum(population) OVER (PARTITION BY country ORDER BY lat, id)
			AS up_to_here,
		sum(population) OVER (PARTITION BY country) AS people
	FROM places
	WHERE population >= 10000
)
SELECT c.name AS country, people, round(min(lat), 2) AS latitude
FROM summed
JOIN countries AS c ON c.iso2 = summed.country
WHERE up_to_here >= people / 2.0
GROUP BY summed.country
ORDER BY people DESC
LIMIT 100
