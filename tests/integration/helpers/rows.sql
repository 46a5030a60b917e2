-- Writes the SELECTs of all rows of all tables and views, each row as a line of
-- JSON: [table, {column: value}].  The rowid comes first where there is no key,
-- but in vocabularies, whose rows have another with each condition.
-- Pieces are joined, since json_object takes no more than 63 columns.
WITH tables AS (SELECT name, type, NOT wr AND type <> 'view' AND NOT EXISTS
    (SELECT 1 FROM pragma_table_xinfo(l.name) WHERE pk > 0) AND NOT EXISTS
    (SELECT 1 FROM sqlite_schema AS s WHERE s.name = l.name
    AND (sql LIKE '%USING fts5vocab%' OR sql LIKE '%USING fts4aux%')) AS keyless
    FROM pragma_table_list AS l
    WHERE schema = 'main' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'),
columns AS (SELECT t.name AS tab, -1 AS cid, 'rowid' AS name
    FROM tables AS t WHERE keyless
    UNION ALL SELECT t.name, x.cid, x.name
    FROM tables AS t, pragma_table_xinfo(t.name) AS x WHERE hidden <> 1
    ORDER BY 1, 2),
pieces AS (SELECT tab, name, format('"%w"', name) AS c FROM columns),
quoted AS (SELECT tab, format('%Q || CASE typeof(%s)
    WHEN ''null'' THEN ''null''
    WHEN ''integer'' THEN CAST(%s AS TEXT)
    WHEN ''real'' THEN format(''%%!.17g'', %s)
    WHEN ''text'' THEN json_quote(CAST(%s AS TEXT))
    ELSE format(''{"hex":"%%s"}'', hex(%s)) END',
    json_quote(name) || ':', c, c, c, c, c) AS piece FROM pieces)
SELECT format('SELECT %Q || %s || ''}]'' FROM "%w";',
    '[' || json_quote(tab) || ',{', group_concat(piece, ' || '','' || '), tab)
    FROM quoted GROUP BY tab;
