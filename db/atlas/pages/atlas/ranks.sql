-- title: A country's cities by rank
-- description: In many countries the second city has half as many people as the first, the third a third (Zipf's law). The country is its code of two letters, such as FR, BR or IN.
-- chart: line x=rank y=people
-- param country: DE
-- ttl: 86400

SELECT row_number() OVER () AS rank, name, population AS people
FROM (
	SELECT name, population
	FROM places
	WHERE country = upper(:country) AND population IS NOT NULL
	ORDER BY population DESC
	LIMIT 50
)
