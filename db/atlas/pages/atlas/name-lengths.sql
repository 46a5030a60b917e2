-- title: How long names are
-- description: Places by the characters of their names.
-- chart: line x=characters y=places
-- ttl: 86400

SELECT length(name) AS characters, count(*) AS places, min(name) AS "such as"
FROM places
GROUP BY 1
ORDER BY 1
