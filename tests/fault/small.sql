-- A small database with something of everything that pages show.
CREATE TABLE countries (
	code TEXT PRIMARY KEY,
	name TEXT NOT NULL
);
INSERT INTO countries VALUES
	('at', 'Austria'), ('ch', 'Switzerland'), ('de', 'Germany');

CREATE TABLE cities (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	country TEXT REFERENCES countries (code),
	latitude REAL,
	longitude REAL,
	people INTEGER,
	text TEXT
);
INSERT INTO cities VALUES
	(1, 'Vienna', 'at', 48.21, 16.37, 1900000, NULL),
	(2, 'Graz', 'at', 47.07, 15.44, 290000, 'on the Mur'),
	(3, 'Linz', 'at', 48.31, 14.29, 205000, 'on the Danube'),
	(4, 'Zurich', 'ch', 47.37, 8.54, 420000, NULL),
	(5, 'Basel', 'ch', 47.56, 7.59, 173000, 'on the Rhine'),
	(6, 'Berlin', 'de', 52.52, 13.40, 3600000, 'on the Spree'),
	(7, 'Hamburg', 'de', 53.55, 9.99, 1800000, 'on the Elbe'),
	(8, 'Cologne', 'de', 50.94, 6.96, 1080000, 'on the Rhine');
UPDATE cities SET text = printf('%.*c', 3000, 'x') WHERE id = 1;
CREATE INDEX cities_by_country ON cities (country);

CREATE TABLE twins (
	a INTEGER REFERENCES cities (id),
	b INTEGER REFERENCES cities (id),
	PRIMARY KEY (a, b)
) WITHOUT ROWID;
INSERT INTO twins VALUES (1, 6), (2, 8), (4, 7);

CREATE VIEW large AS SELECT name, people FROM cities WHERE people > 1000000;

CREATE VIRTUAL TABLE notes USING fts5 (title, body);
INSERT INTO notes VALUES ('Rivers', 'the Rhine is long'), ('Lakes', 'deep');

CREATE TABLE commits (n INTEGER);
INSERT INTO commits VALUES (0);
