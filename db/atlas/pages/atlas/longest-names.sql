-- title: The longest names
-- description: Places whose names have the most characters.
-- chart: bar x=name y=characters
-- ttl: 86400

WITH longest AS (
	SELECT id, length(name) AS characters
	FROM places
	ORDER BY characters DESC, name
	LIMIT 25
)
SELECT place.name, characters, c.name AS country
FROM longest
JOIN places AS place USING (id)
JOIN countries AS c ON c.iso2 = place.country
ORDER BY characters DESC, place.name
