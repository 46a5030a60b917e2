-- What a page, JSON or CSV made of data must not do: run it, link to it, become
-- it, or be turned round by it.

CREATE TABLE "<b>&""quoted""</b>" (
    "id" INTEGER PRIMARY KEY,
    "<i>name</i>" TEXT,
    "a ""b"" 'c' [d] %e&f=g#h" TEXT,
    "onclick=alert(1)" TEXT,
    "עברית" TEXT,
    "_sort" TEXT,
    "latitude" REAL,
    "longitude" REAL);
INSERT INTO "<b>&""quoted""</b>" VALUES
    (1, '<script>alert(1)</script>', '<img src=x onerror=alert(2)>', 'plain',
	'שלום, עולם', '1', 41.0, 29.0),
    (2, 'javascript:alert(3)', 'JaVaScRiPt:alert(4)//http://example.com/',
	'data:text/html,<script>alert(5)</script>', 'مرحبا بالعالم', '2',
	-33.9, 18.4),
    (3, '"><script>alert(6)</script>', ''' onmouseover=''alert(7)', '--><svg onload=alert(8)>',
	char(0x202e) || 'gnp.exe' || char(0x202c), char(0x2066) || 'open', 0, 0),
    (4, '=1+2', '@cmd', '+1', '-1', '=HYPERLINK("http://example.com/")',
	NULL, NULL),
    (5, 'bell' || char(7) || ' escape' || char(27) || '[31m', char(0) || 'nul',
	char(10) || 'line' || char(13), char(9) || 'tab', char(0x7f), 90, 180),
    (6, NULL, '', ' ', '🎈👩‍👩‍👧‍👦🏳️‍🌈', 'é', -90, -180),
    (7, printf('%.3000c', 'x'), replace(hex(zeroblob(150)), '00', 'long-'),
	'</table></main></body>', '<a href="javascript:alert(9)">', '&lt;b&gt;',
	1e-300, 1e300),
    (8, CAST(x'ff3c7363' AS TEXT), x'3c7363726970743e', '{"a":["</script>"]}',
	'${alert(10)}', '{{alert(11)}}', 9e999, -9e999);

CREATE TABLE "--><script>alert(12)</script>" (
    "</title><script>alert(13)</script>" TEXT PRIMARY KEY,
    "of" INTEGER REFERENCES "<b>&""quoted""</b>");
INSERT INTO "--><script>alert(12)</script>" VALUES
    ('"><svg onload=alert(14)>', 1), ('../../', 2), ('a/b,c~d', 3), ('', 4);

CREATE VIRTUAL TABLE found USING fts5 (text);
INSERT INTO found VALUES ('<b>word</b> <script>alert(15)</script>'),
    ('a word ' || char(0x202e) || 'reversed');
