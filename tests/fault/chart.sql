-- title: People of cities
-- chart: bar x=name y=people
-- param: least = 200000
SELECT name, people FROM cities WHERE people >= :least ORDER BY people DESC
