-- What full-text search and facets can be asked of: Datasette's own examples,
-- and indexes of every kind.
CREATE TABLE facet_cities (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO facet_cities VALUES (1, 'San Francisco'), (2, 'Los Angeles'),
    (3, 'Detroit'), (4, 'Memnonia');

CREATE TABLE facetable (
	pk INTEGER PRIMARY KEY, created TEXT, state TEXT,
	_city_id INTEGER REFERENCES facet_cities, tags TEXT, a__b REAL
);
CREATE INDEX facetable_state ON facetable (state);
INSERT INTO facetable VALUES
    (1, '2019-01-14 08:00:00', 'CA', 1, '["tag1","tag2"]', 1.5),
    (2, '2019-01-14 09:30:00', 'CA', 1, '["tag1","tag3"]', 1.5),
    (3, '2019-01-15 08:00:00', 'CA', 2, '[]', 2.5),
    (4, '2019-01-16 08:00:00', 'MI', 3, NULL, NULL),
    (5, NULL, 'MI', 3, '["tag1"]', 1e300),
    (6, '2019-01-16', 'MC', 4, '[]', 0.1);

CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
INSERT INTO articles VALUES (1, 'The rob', 'barry cat'),
    (2, 'Robert', 'a dog AND a cat'), (3, 'NOT this', 'rob''s "dog"');
CREATE VIRTUAL TABLE "articles' index" USING
    fts5 (title, body, content = [articles], content_rowid='id');
INSERT INTO "articles' index" ("articles' index") VALUES ('rebuild');
CREATE VIEW recent AS SELECT id AS nr, title FROM articles WHERE id > 1;

CREATE TABLE four (a TEXT, b TEXT);
INSERT INTO four VALUES ('one two', 'x'), ('three', 'one');
CREATE VIRTUAL TABLE four_index USING fts4 (a, b, content="four");
INSERT INTO four_index (four_index) VALUES ('rebuild');

CREATE VIRTUAL TABLE three USING fts3 (a, b);
INSERT INTO three VALUES ('one two', 'x'), ('three', 'one');

CREATE VIRTUAL TABLE phraseless USING fts5 (a, detail = none);
INSERT INTO phraseless VALUES ('foo bar');

CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);
INSERT INTO boxes VALUES (1, 0, 1), (2, 0, 2);

CREATE TABLE attractions (pk INTEGER PRIMARY KEY, name TEXT);
INSERT INTO attractions VALUES (1, 'Mystery Spot'), (2, 'Mansion'),
    (3, 'Pez Museum'), (4, 'Bigfoot');
CREATE TABLE characteristics (pk INTEGER PRIMARY KEY, name TEXT);
INSERT INTO characteristics VALUES (1, 'Museum'), (2, 'Paranormal');
CREATE TABLE attraction_characteristics (
	attraction_id INTEGER REFERENCES attractions,
	characteristic_id INTEGER REFERENCES characteristics
);
CREATE INDEX by_attraction ON attraction_characteristics (attraction_id);
INSERT INTO attraction_characteristics VALUES (1, 2), (2, 2), (4, 2), (3, 1),
    (4, 1);

CREATE TABLE parts (
	id TEXT PRIMARY KEY, name TEXT, parent TEXT REFERENCES parts
) STRICT, WITHOUT ROWID;
CREATE INDEX parts_parent ON parts (parent);
INSERT INTO parts VALUES ('a', 'Engine', NULL), ('a/1', 'Piston', 'a'),
    ('a/2', 'Valve', 'a');

CREATE TABLE pairs (x INTEGER, y INTEGER, PRIMARY KEY (x, y));
INSERT INTO pairs VALUES (1, 1), (1, 2);
CREATE TABLE uses (
	id INTEGER PRIMARY KEY, x INTEGER, y INTEGER,
	FOREIGN KEY (x, y) REFERENCES pairs
);
CREATE INDEX uses_xy ON uses (x, y);
INSERT INTO uses VALUES (1, 1, 2), (2, 1, 2);
