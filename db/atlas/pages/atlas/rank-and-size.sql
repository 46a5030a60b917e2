-- title: Rank and size
-- description: Zipf's law: the second city has about half the people of the first, the tenth a tenth. By logarithms that is a straight line.
-- description: Of a country by its code, as DE, or of the world.
-- chart: scatter x="log of rank" y="log of population"
-- param country: %
-- ttl: 86400

SELECT name, country, row_number() OVER (ORDER BY population DESC) AS rank,
	population,
	round(log10(row_number() OVER (ORDER BY population DESC)), 3)
		AS "log of rank",
	round(log10(population), 3) AS "log of population"
FROM places
WHERE country LIKE :country AND feature <> 'PPLX' AND population > 0
ORDER BY population DESC
LIMIT 500
