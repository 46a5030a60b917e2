-- A small database for what tables can be asked: helpers/databases.bash has
-- smaller ones, odd.sql odder ones.
CREATE TABLE cities (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO cities VALUES (1, 'Detroit'), (2, 'Los Angeles'), (3, 'Memnonia');

CREATE TABLE t (
	id INTEGER PRIMARY KEY,
	n INTEGER,
	r REAL,
	s TEXT,
	x,
	tags TEXT,
	day TEXT,
	city INTEGER REFERENCES cities,
	a__b TEXT,
	_u TEXT
);
CREATE INDEX t_n ON t (n);
INSERT INTO t VALUES
    (1, 5, 5.5, 'five', 5, '["a","b"]', '2024-02-29', 2, 'p', 'u'),
    (2, 10, 1000, 'Ten%', '5', '[5, null]', '2024-02-29 12:30', 1, 'q', 'w'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, -1, 9e999, '', 1.5, 'no json', 'x', 9, 'p', ''),
    (5, 5, -9e999, 'a,b', x'3500', '{"k":
"a"}', '2024-03-01T00:00', 1, '', 'u');

CREATE TABLE pairs (a TEXT, b INTEGER, v, PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO pairs VALUES ('x/y', 1, 'one'), ('x/y', 2, 'two'), ('z', 1, NULL);

CREATE TABLE holes (a, b, PRIMARY KEY (a, b));
INSERT INTO holes VALUES (1, 2), (1, NULL), (1, NULL);

CREATE TABLE bare (v TEXT, "with ""quotes""" TEXT);
INSERT INTO bare VALUES ('first', 'a "b"'), ('second', 'c
d');

CREATE VIEW sums AS SELECT s, n + 0 AS n FROM t WHERE n IS NOT NULL;

CREATE TABLE spots (
	id INTEGER PRIMARY KEY, name TEXT, latitude REAL, longitude REAL
);
INSERT INTO spots VALUES (1, 'here', 41.5, 29), (2, 'nowhere', NULL, 1),
    (3, 'beyond', 91, 0), (4, 'words', 'x', 0);
