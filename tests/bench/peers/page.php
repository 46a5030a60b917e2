<?php
// What a user of PHP-FPM writes for these pages: cache-aside in Memcached with
// an expiry, SQLite behind it.  PEER_DATABASE, PEER_MEMCACHED (a socket) and
// PEER_FRAME (the page around the rows, in two files) are from the pool's
// configuration.

const EXPIRY_S = 600;
const SELECT = 'SELECT p.id, p.name, p.country, p.region, p.feature,
    p.population, p.lat, p.lon, r.name AS region_name, c.name AS country_name
    FROM places AS p LEFT JOIN regions AS r ON r.code = p.region
    LEFT JOIN countries AS c ON c.iso2 = p.country';

function database(): PDO
{
	return new PDO('sqlite:' . getenv('PEER_DATABASE'), null, null, [
		PDO::ATTR_PERSISTENT => true,
		PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
		PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
	]);
}

function linked(string $table, ?string $key, ?string $label): string
{
	if ($key === null)
		return '<span class="null">null</span>';
	return "<a href=\"/atlas/$table/" . rawurlencode($key) . '">' .
	    htmlspecialchars($label) . '</a> <small>' . htmlspecialchars($key) .
	    '</small>';
}

function table_page(int $after): string
{
	$db = database();
	$count = $db->query('SELECT count(*) FROM places')->fetchColumn();
	$rows = $db->prepare(SELECT . ' WHERE p.id > ? ORDER BY p.id LIMIT 101');
	$rows->execute([$after]);
	$html = file_get_contents(getenv('PEER_FRAME') . '.head');
	$n = 0;
	foreach ($rows as $row) {
		if (++$n > 100)
			break;
		$html .= '<tr><td><a href="/atlas/places/' . $row['id'] . '">' .
		    $row['id'] . '</a></td><td>' .
		    htmlspecialchars($row['name']) . '</td><td>' .
		    linked('countries', $row['country'], $row['country_name']) .
		    '</td><td>' .
		    linked('regions', $row['region'], $row['region_name']) .
		    '</td><td>' . htmlspecialchars($row['feature']) .
		    '</td><td>' . ($row['population'] ?? 'null') .
		    '</td><td>' . $row['lat'] . '</td><td>' . $row['lon'] .
		    "</td></tr>\n";
	}
	$rows->closeCursor();
	return $html . "<!-- of $count -->" .
	    file_get_contents(getenv('PEER_FRAME') . '.foot');
}

function row_page(int $id): ?string
{
	$rows = database()->prepare(SELECT . ' WHERE p.id = ?');
	$rows->execute([$id]);
	$row = $rows->fetch();
	$rows->closeCursor();
	if ($row === false)
		return null;
	unset($row['region_name'], $row['country_name']);
	return json_encode([
		'ok' => true,
		'database' => 'atlas',
		'table' => 'places',
		'rows' => [$row],
		'primary_keys' => ['id'],
		'primary_key_values' => [(string)$id],
		'truncated' => false,
	], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
}

$cache = new Memcached('pages');
if ($cache->getServerList() === []) {
	$cache->setOption(Memcached::OPT_BINARY_PROTOCOL, false);
	$cache->setOption(Memcached::OPT_COMPRESSION, false);
	$cache->setOption(Memcached::OPT_TCP_NODELAY, true);
	$cache->addServer(getenv('PEER_MEMCACHED'), 0);
}

$uri = $_SERVER['REQUEST_URI'];
$json = preg_match('~^/atlas/places/(\d+)\.json$~', $uri, $match) === 1;
header('Content-Type: ' . ($json ? 'application/json' : 'text/html') .
    '; charset=utf-8');
$page = $cache->get($uri);
if ($page === false) {
	$page = $json ? row_page((int)$match[1])
	    : table_page((int)substr($_GET['_next'] ?? 'i0', 1));
	if ($page === null) {
		http_response_code(404);
		exit;
	}
	$cache->set($uri, $page, EXPIRY_S);
}
echo $page;
