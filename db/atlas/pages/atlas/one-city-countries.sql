-- title: Countries of one city
-- description: The part of a country's people, as far as its places are known, that live in its largest city; countries of more than a million.
-- chart: bar x=country y=percent
-- ttl: 86400

WITH sums AS (
	SELECT country, sum(population) AS people, max(population) AS largest
	FROM places
	GROUP BY country
	HAVING people > 1000000
)
SELECT c.name AS country,
	(SELECT name FROM places
	WHERE country = sums.country ORDER BY population DESC LIMIT 1) AS city,
	round(100.0 * largest / people, 1) AS percent,
	largest AS "people there", people AS "people in all"
FROM sums
JOIN countries AS c ON c.iso2 = sums.country
ORDER BY 100.0 * largest / people DESC
LIMIT 30
