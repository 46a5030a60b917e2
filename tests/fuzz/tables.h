#ifndef SQUALL_TESTS_FUZZ_TABLES_H
#define SQUALL_TESTS_FUZZ_TABLES_H

/*
 * Tables for targets that ask for their rows: of every kind, and with every
 * type of value, but few of them.
 */
#include "tests/fuzz/database.h"

static const char tables_schema[] =
    "CREATE TABLE cities (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "INSERT INTO cities VALUES (1, 'Detroit'), (2, 'Los Angeles'), (3, '');"
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, r REAL, s TEXT, x,"
    " tags TEXT, day TEXT, city INTEGER REFERENCES cities, a__b TEXT,"
    " _u TEXT, \"q\"\"?@\" TEXT);"
    "CREATE INDEX t_n ON t (n); CREATE INDEX t_x ON t (x);"
    "INSERT INTO t VALUES"
    "(1, 5, 5.5, 'five', 5, '[\"a\",\"b\"]', '2024-02-29', 2, 'p', 'u', 'v'),"
    "(2, 10, 1e3, 'Ten%', '5', '[5, null]', '2024-02-29 12:30', 1, 'q', 'w',"
    " ''),"
    "(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    "(4, -1, -9e999, '', 1.5, 'no json', 'x', 9, 'p', '', ' v '),"
    "(5, 5, 9e999, 'a,b', x'3500', '{\"k\":\"a\"}', '2024-03-01T00:00', 1, '',"
    " 'u', 'a,b'),"
    "(-9223372036854775808, 9223372036854775807, 0.1, '5', 5.0, '[[1],1.0]',"
    " '2024', '2', char(0, 955), x'00', 'v');"
    "CREATE TABLE links (city INTEGER REFERENCES cities, t REFERENCES t,"
    " note);"
    "INSERT INTO links VALUES (1, 1, 'x'), (1, 2, 5), (2, 1, '5'), (9, 4, "
    "NULL);"
    "CREATE TABLE pairs (a TEXT, b INTEGER, v, PRIMARY KEY (a, b)) "
    "WITHOUT ROWID;"
    "INSERT INTO pairs VALUES ('x/y', 1, 'one'), ('x/y', 2, NULL), ('z', 1, "
    "2);"
    "CREATE TABLE uses (id INTEGER PRIMARY KEY, x, y, FOREIGN KEY (x, y) "
    "REFERENCES pairs);"
    "INSERT INTO uses VALUES (1, 'x/y', 2), (2, 'z', 1), (3, 'z', NULL);"
    "CREATE TABLE loose (a, b, PRIMARY KEY (a, b));"
    "INSERT INTO loose VALUES (NULL, 1), (NULL, 1), (1, NULL), ('1', x'31');"
    "CREATE TABLE taken (rowid TEXT, _rowid_, oid);"
    "INSERT INTO taken VALUES ('a', 1, NULL), ('b', 1, NULL);"
    "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, body TEXT);"
    "INSERT INTO articles VALUES (1, 'The rob', 'barry cat'),"
    "(2, 'Robert', 'a dog AND a cat'), (3, 'NOT this', 'rob''s \"dog\"');"
    "CREATE VIRTUAL TABLE \"articles' index\" USING"
    " fts5 (title, body, content = [articles], content_rowid='id');"
    "INSERT INTO \"articles' index\" (\"articles' index\") VALUES ('rebuild');"
    "CREATE VIEW recent AS SELECT id AS nr, title FROM articles WHERE id > 1;"
    "CREATE TABLE four (a TEXT, b TEXT);"
    "INSERT INTO four VALUES ('one two', 'x'), ('three', 'one');"
    "CREATE VIRTUAL TABLE four_index USING fts4 (a, b, content=\"four\");"
    "INSERT INTO four_index (four_index) VALUES ('rebuild');"
    "CREATE VIRTUAL TABLE three USING fts3 (a, b);"
    "INSERT INTO three VALUES ('one two', 'x'), ('three', 'one');"
    "CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);"
    "INSERT INTO boxes VALUES (1, 0, 1), (2, 0, 2);"
    "CREATE VIEW sums AS SELECT id + 0 AS sum, s, x FROM t;";

#endif
