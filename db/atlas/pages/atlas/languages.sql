-- title: Languages without borders
-- description: Languages by the number of countries and territories that speak them.
-- chart: bar x=language y=countries
-- ttl: 86400

WITH RECURSIVE parts (iso2, language, rest) AS (
	SELECT iso2, NULL, languages || ',' FROM countries
	UNION ALL
	SELECT iso2, trim(substr(rest, 1, instr(rest, ',') - 1)),
		substr(rest, instr(rest, ',') + 1)
	FROM parts WHERE rest <> ''
)
SELECT language, count(*) AS countries,
	count(DISTINCT continent) AS continents,
	group_concat(name, ', ') AS "which they are"
FROM parts JOIN countries USING (iso2)
WHERE language <> ''
GROUP BY language
ORDER BY 2 DESC, language
LIMIT 25
