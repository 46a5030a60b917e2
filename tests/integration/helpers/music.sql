-- A record shelf with a search, and tables of all kinds that SQLite has.
CREATE TABLE artist (artist_id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO artist VALUES (1, 'The Öresund Trio'), (2, 'Nine & a half'),
    (3, NULL), (4, 'Anna');
CREATE TABLE album (
	id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE NOT NULL,
	artist INT REFERENCES artist (artist_id)
);
INSERT INTO album VALUES (1, 'Water', 1), (2, 'water music', 2), (3, 'Fire', 3);
CREATE TABLE track (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL, album INTEGER,
	composer TEXT, seconds INTEGER, bytes BIGINT, price REAL,
	FOREIGN KEY (album) REFERENCES album ON DELETE CASCADE
);
CREATE INDEX track_album ON track (album);
INSERT INTO track VALUES (10, 'Dry river', 1, 'Anna Svensson', 245,
    9007199254740993, 0.99), (20, 'River of rivers', 1, NULL, 61, 1, 1.29),
    (30, 'Båtsång', 2, 'Åke', 3600, NULL, 0.1), (40, 'Ash', 3, 'anna river',
    0, 0, NULL), (50, 'Ember''s "end"', 3, 'river', -1, 5, 1e21);
CREATE TABLE playlist (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
INSERT INTO playlist VALUES (1, 'Evening'), (2, 'Morning'), (3, 'Empty');
CREATE TABLE playlist_track (
	playlist INTEGER REFERENCES playlist, track INTEGER REFERENCES track,
	CONSTRAINT pk_playlist_track PRIMARY KEY (playlist, track)
) WITHOUT ROWID;
CREATE INDEX playlist_track_track ON playlist_track (track);
INSERT INTO playlist_track VALUES (1, 10), (1, 30), (2, 10), (2, 50), (2, 20);

-- Two columns, but bytes are no label.
CREATE TABLE cover (id INTEGER PRIMARY KEY, picture BLOB);
INSERT INTO cover VALUES (1, x'ffd8'), (2, NULL);
CREATE TABLE blurb (id INTEGER PRIMARY KEY, said);
INSERT INTO blurb VALUES (1, 'Loud'), (2, x'ff');
CREATE TABLE sleeve (
	album INTEGER PRIMARY KEY REFERENCES album,
	cover INTEGER REFERENCES cover, blurb INTEGER REFERENCES blurb
);
INSERT INTO sleeve VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3);

-- Each way of having an index in another table.
CREATE VIRTUAL TABLE track_words USING
    fts5 (name, composer, content = track, content_rowid = "id");
INSERT INTO track_words (track_words) VALUES ('rebuild');
CREATE TABLE page (nr INTEGER PRIMARY KEY, head TEXT, text TEXT);
INSERT INTO page VALUES (7, 'Rivers', 'about water'), (9, 'Fire', 'no RIVER');
CREATE VIRTUAL TABLE page_index USING
    fts4 (head, text, content="page", tokenize=porter, prefix="2,4");
INSERT INTO page_index (page_index) VALUES ('rebuild');
CREATE TABLE single (id INTEGER PRIMARY KEY, head TEXT, text TEXT);
INSERT INTO single SELECT * FROM page;
CREATE VIRTUAL TABLE singlequoted USING
    fts5(head, text, content='single', content_rowid='id', tokenize='porter');
INSERT INTO singlequoted (singlequoted) VALUES ('rebuild');
CREATE TABLE memo (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO memo VALUES (1, 'a dry river'), (2, 'nothing'), (3, 'river');
CREATE VIRTUAL TABLE memo_fts USING fts5 (body, content = '');
INSERT INTO memo_fts (rowid, body) SELECT id, body FROM memo;
-- columns renamed: the content is a view
CREATE VIEW renamed AS SELECT nr AS id, head AS heading, text AS "the text"
    FROM page;
CREATE VIRTUAL TABLE renamed_words USING
    fts5 (heading, "the text", content = renamed, content_rowid = id);
INSERT INTO renamed_words (renamed_words) VALUES ('rebuild');
CREATE VIRTUAL TABLE letter USING fts4 (subject, body, lang, languageid="lid",
    notindexed=lang);
INSERT INTO letter VALUES ('River', 'dear river', 'en'), ('x', 'y', 'river');
CREATE VIRTUAL TABLE word USING fts5vocab (track_words, 'row');
CREATE VIRTUAL TABLE term USING fts4aux (page_index);

-- Views of them, with what they alone know.
CREATE VIEW found AS SELECT rowid AS id, name, snippet (track_words, 0, '[',
    ']', '...', 3) AS "where", bm25 (track_words) < 0 AS good
    FROM track_words WHERE track_words MATCH 'river' ORDER BY rank;
CREATE VIEW found_pages AS SELECT docid AS nr, snippet (page_index) AS "where",
    offsets (page_index) AS places FROM page_index
    WHERE page_index MATCH 'river';
CREATE VIEW often AS SELECT term, doc FROM word WHERE doc > 1;
CREATE VIEW columns AS SELECT s.name AS "table", c.name AS "column"
    FROM sqlite_schema AS s, pragma_table_info(s.name) AS c
    WHERE s.type = 'table';
CREATE VIEW halves AS SELECT t.id, j.value FROM track AS t,
    json_each('["a","b"]') AS j;

CREATE VIRTUAL TABLE box USING rtree (id, x0, x1, y0, y1, +name TEXT);
INSERT INTO box VALUES (1, 0, 1.5, -1, 1, 'one'), (9, 2, 3, 2, 3, NULL);
CREATE VIRTUAL TABLE grid USING rtree_i32 (id, x0, x1);
INSERT INTO grid VALUES (5, -3, 3), (6, 0, 0);

CREATE TABLE measured (
	id INTEGER PRIMARY KEY, t INT NOT NULL, r REAL, s TEXT, b BLOB, a ANY,
	twice INT AS (t * 2), both TEXT AS (s || t) STORED
) STRICT;
CREATE INDEX measured_twice ON measured (twice);
INSERT INTO measured VALUES (1, 21, 0.5, 'a', x'00', '1'),
    (2, -4, 2, NULL, NULL, 1), (3, 21, NULL, 'b', x'ff', 1.5);
CREATE TABLE tag (name TEXT PRIMARY KEY, note ANY) STRICT, WITHOUT ROWID;
INSERT INTO tag VALUES ('a b', 1), ('rock/roll', NULL), ('Ö', 'x');
CREATE TABLE tagged (
	track INTEGER, tag TEXT REFERENCES tag, lost INTEGER REFERENCES gone,
	lost2 INTEGER REFERENCES album (no_such_column),
	seen INTEGER REFERENCES renamed (id),
	FOREIGN KEY (track) REFERENCES TRACK (ID)
);
INSERT INTO tagged VALUES (10, 'a b', 1, 1, 7), (20, 'rock/roll', 2, 1, 7),
    (99, 'none', NULL, NULL, NULL), (NULL, 'Ö', 3, 2, 9), (10, 'a b', 1, 1, 7);
