-- A database of everything that SQLite allows and that might not survive the
-- way through SQL, URLs, HTML and JSON: see odd.bats.

-- Names, which are keys, table names and column names in what follows.
CREATE TABLE names (name TEXT PRIMARY KEY);
INSERT INTO names VALUES (''), (' '), ('a b'), ('it''s'), ('"quoted"'),
    ('sl/ash'), ('/'), ('back\slash'), ('100%'), ('%2F'), ('%'), ('~'),
    ('~2F'), ('~~'), ('+'), ('a+b'), ('.'), ('..'), ('dot.json'), ('.json'),
    ('x.html'), ('comma,'), (','), ('semi;colon'), ('a&b=c'), ('?x=1#y'),
    ('select'), ('from'), ('table'), ('rowid'), ('null'), ('true'), ('false'),
    ('current_time'), ('-'), ('_'), ('_next'), ('Größe'), ('数据'), ('🎈'),
    ('e' || char(0x301)), (char(0x202e) || 'rtl'), (char(10)), (char(9) || 't'),
    (char(13) || 'cr'), ('<script>alert(1)</script>'), ('<b>&amp;</b>'),
    ('''"><script>alert(2)</script>'), ('-->'), (']]>'), ('{"a":[]}'),
    (char(127)), (char(1)), ('1'), ('01'), ('1.0'), ('NaN');

-- Rows without a key, with every type of value.
CREATE TABLE kinds (a, b TEXT, c INTEGER, d REAL, e BLOB, f NUMERIC);
INSERT INTO kinds VALUES
    (NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 'text', 9223372036854775807, 1.5, x'00ff', 1e100),
    (-1, '', -9223372036854775808, -0.0, x'', '1e5'),
    (0.1, 'é', 'not a number', 9e999, 'text in a blob', -9e999),
    ('1', '<script>', x'0102', 'real?', x'3c7363726970743e', 'x'),
    (x'', char(0), 1, 1e-300, zeroblob(10000), 0.30000000000000004),
    ('a' || char(0) || 'b', CAST(x'ff' AS TEXT), 0, 1.0, NULL, NULL),
    (CAST(x'c328' AS TEXT), CAST(x'eda080' AS TEXT), 2, 3.0, x'ff', 0);
CREATE TABLE empty (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE long (id INTEGER PRIMARY KEY, text TEXT, title TEXT);
INSERT INTO long VALUES
    (1, printf('%.100000c', 'x'), printf('%.5000c', 'T')),
    (2, replace(hex(zeroblob(2000)), '00', '<&"''é'), 'amp &amp; < lt');

-- Keys of all kinds.
CREATE TABLE key_text (k TEXT PRIMARY KEY, v);
INSERT INTO key_text SELECT name, name FROM names;
INSERT INTO key_text VALUES (NULL, 1), (NULL, 2), ('a' || char(0) || 'b', 3),
    (CAST(x'ff61' AS TEXT), 4), (x'00ff', 5);
CREATE TABLE key_any (k PRIMARY KEY, v);
INSERT INTO key_any VALUES (NULL, 0), (1, 1), ('two', 2), (x'33ff', 3),
    (4.5, 4), ('', 5), ('6.50', 6), (1e300, 7), (-1, 8), ('a' || char(0), 9),
    ('12345678901234567890', 10), (x'00', 11);
CREATE TABLE key_blob (k BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT INTO key_blob VALUES (x''), (x'00'), (x'ff'), (x'2c2f7e'), (x'c3a9'),
    (1), (1.25), ('text');
CREATE TABLE key_int (k INT PRIMARY KEY, v);
INSERT INTO key_int VALUES (1, 1), (9223372036854775807, 2),
    (-9223372036854775808, 3), ('text', 4), (0.5, 5), ('', 6);
CREATE TABLE key_numeric (k NUMERIC PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO key_numeric VALUES (1, 1), (1.5, 2), ('abc', 3), ('1e', 4);
CREATE TABLE key_descending (k INTEGER PRIMARY KEY DESC, v);
INSERT INTO key_descending VALUES (1, 1), (2, 2), (NULL, 3), (NULL, 4);
CREATE TABLE key_nocase (k TEXT PRIMARY KEY COLLATE NOCASE, v) WITHOUT ROWID;
INSERT INTO key_nocase VALUES ('A', 1), ('b', 2), ('Ä', 3), ('ä', 4);
CREATE TABLE key_strict (k TEXT PRIMARY KEY, v ANY) STRICT;
INSERT INTO key_strict VALUES ('a', x'01'), ('b', 1);
CREATE TABLE compound (a TEXT, b INTEGER, c, d TEXT, PRIMARY KEY (c, a, b));
INSERT INTO compound VALUES ('', 1, '', 'x'), (',', 2, ',', 'x'),
    ('~', 3, '~', 'x'), ('a,b', 4, x'2cff', 'x'), ('a', -5, 1.5, 'x'),
    (NULL, 6, 'null', 'x'), ('c', NULL, NULL, 'x'), ('.json', 7, '/', 'x');
CREATE TABLE compound2 (a TEXT, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
INSERT INTO compound2 SELECT a.name, b.name FROM names AS a, names AS b
    WHERE a.rowid % 13 = 1 AND b.rowid % 7 = 1;

-- Columns that take the names of the rowid, all but one, and all.
CREATE TABLE rowid (rowid TEXT, oid TEXT);
INSERT INTO rowid VALUES ('x', 'y'), ('z', NULL);
CREATE TABLE no_rowid (rowid TEXT, oid TEXT, _rowid_ TEXT);
INSERT INTO no_rowid VALUES ('x', 'y', 'z'), ('x', 'y', 'z'), (1, 2, 3);
CREATE TABLE all_but_rowid (rowid INTEGER PRIMARY KEY, oid, _rowid_);
INSERT INTO all_but_rowid VALUES (1, 2, 3), (2, 3, 4);
CREATE TABLE shadowed (id INTEGER PRIMARY KEY, rowid TEXT);
INSERT INTO shadowed VALUES (7, 'seven'), (8, 'eight');

-- Columns named as SQLite's constants.
CREATE TABLE constants (id INTEGER PRIMARY KEY, "null", "current_time", "''");
INSERT INTO constants VALUES (1, 2, 3, 4);

CREATE TABLE computed (id INTEGER PRIMARY KEY, a INT,
    b AS (a * 2), c AS (a * 3) STORED, "default" DEFAULT 'x' CHECK (a > 0));
INSERT INTO computed (a) VALUES (1), (2), (3);

-- References: fine, dangling, to nothing, to a view, compound, to oneself, to
-- what is not unique, under another case, and several of one column.
CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE, kind TEXT,
    name TEXT, UNIQUE (code, kind));
INSERT INTO parent VALUES (1, 'a/b', 'k,', '<b>One</b>'), (2, '', '~', NULL),
    (3, NULL, NULL, ''), (4, '.json', '', x'00ff'), (5, '数', 'x', 'Five');
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INT REFERENCES parent,
    code TEXT REFERENCES Parent (CODE), self INT REFERENCES child,
    missing INT REFERENCES nowhere (id), of_view INT REFERENCES a_view (id),
    kind TEXT REFERENCES parent (kind),
    name TEXT REFERENCES names, text TEXT REFERENCES key_text (k),
    twice INT REFERENCES parent REFERENCES child,
    FOREIGN KEY (code, kind) REFERENCES parent (code, kind));
INSERT INTO child VALUES
    (1, 1, 'a/b', 1, 1, 1, 'k,', 'it''s', '/', 1),
    (2, 2, '', 1, NULL, 1, '~', '', '', 2),
    (3, 99, 'gone', 99, 0, NULL, NULL, 'gone', 'gone', 99),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, 5, '数', 4, 5, 5, 'x', '数据', '数据', 5);
CREATE TABLE grandchild (a TEXT, b INTEGER, c, v, child INT PRIMARY KEY
    REFERENCES child ON DELETE CASCADE,
    FOREIGN KEY (c, a, b) REFERENCES compound (c, a, b)) WITHOUT ROWID;
INSERT INTO grandchild VALUES ('', 1, '', 1, 1), (',', 2, ',', 2, 2),
    ('none', 0, 0, 3, 3);

CREATE VIEW a_view AS SELECT id, name, code AS "the code" FROM parent;
CREATE VIEW "view 'of' <names>" ("a", "b", "c d") AS SELECT name, 1, NULL
    FROM names;
CREATE VIEW doubles AS SELECT id, id, name, name AS id FROM parent;
CREATE VIEW expressions AS SELECT count(*), max(name), 1 + 1, 'text', NULL
    FROM names;
CREATE VIEW no_names AS SELECT * FROM names WHERE 0;
CREATE VIEW many AS WITH RECURSIVE n(i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 110) SELECT i FROM n;
CREATE TABLE many_rows (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO many_rows SELECT i * 7, 'v' || (i % 10) FROM many;

-- Virtual tables, and the tables inside them.
CREATE VIRTUAL TABLE search USING fts5 (title, body, tag UNINDEXED);
INSERT INTO search VALUES ('one', 'some words', 't'), ('two', 'more', NULL);
CREATE VIRTUAL TABLE contentless USING fts5 (x, content='');
INSERT INTO contentless (rowid, x) VALUES (5, 'words'), (6, 'others');
CREATE VIRTUAL TABLE external USING fts5 (v, content='many_rows',
    content_rowid='id');
INSERT INTO external (external) VALUES ('rebuild');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (search, 'row');
CREATE VIRTUAL TABLE old_search USING fts4 (title, body);
INSERT INTO old_search VALUES ('one', 'some words');
CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1, y0, y1, +note);
INSERT INTO boxes VALUES (1, 0, 1, 0, 1, 'unit'), (7, 2, 3, 2, 3, NULL);

-- Indexes that are no keys.
CREATE INDEX on_expression ON parent (lower(name));
CREATE UNIQUE INDEX partial ON parent (kind) WHERE kind <> '';
