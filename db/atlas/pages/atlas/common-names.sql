-- title: The commonest names of a continent
-- description: What three places or more are called in Africa, Asia, Europe, North America, Oceania or South America.
-- chart: bar x=name y=places
-- param continent: Europe
-- ttl: 86400

-- The index of names tells by itself which are worth a look.
WITH often AS MATERIALIZED (
	SELECT name FROM places GROUP BY name HAVING count(*) >= 3
), common AS (
	SELECT name, count(*) AS places
	FROM often JOIN places USING (name)
	WHERE country IN (
		SELECT iso2 FROM countries WHERE continent = :continent
	)
	GROUP BY name
	HAVING count(*) >= 3
	ORDER BY 2 DESC, name
	LIMIT 25
)
SELECT name, places, (
	SELECT group_concat(DISTINCT countries.name)
	FROM places AS p JOIN countries ON iso2 = p.country
	WHERE p.name = common.name AND continent = :continent
) AS "countries"
FROM common
