-- title: The most neighbours
-- description: Countries by how many others they meet on land.
-- chart: bar x=country y=neighbours
-- ttl: 86400

SELECT c.name AS country, count(*) AS neighbours,
	group_concat(n.name, ', ') AS "which they are"
FROM borders
JOIN countries AS c ON c.iso2 = country
JOIN countries AS n ON n.iso2 = neighbour
GROUP BY c.iso2
ORDER BY 2 DESC, 1
LIMIT 25
