-- title: Palindromes
-- description: Places that are called the same backwards, of four letters and more.
-- chart: bar x=name y=population
-- ttl: 86400

WITH RECURSIVE names (name) AS (
	SELECT DISTINCT name FROM places
	WHERE length(name) >= 4
		AND lower(substr(name, 1, 1)) = substr(name, -1)
		AND substr(name, 2, 1) = substr(name, -2, 1)
), turned (name, backwards, n) AS (
	SELECT name, '', length(name) FROM names
	UNION ALL
	SELECT name, backwards || substr(name, n, 1), n - 1
	FROM turned WHERE n > 0
)
SELECT places.name, population, countries.name AS country, lat, lon
FROM turned JOIN places ON places.name = turned.name JOIN countries ON iso2 = places.country
WHERE n = 0 AND backwards = lower(turned.name) COLLATE NOCASE
ORDER BY population DESC
