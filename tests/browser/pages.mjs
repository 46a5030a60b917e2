// The kinds of pages: what a page is called in the checks, where it is, its
// title, and its status unless that is 200.
export const ODD_TABLE = '/hostile/~3Cb~3E~26~22quoted~22~3C~2Fb~3E';

const QUERY = encodeURIComponent('SELECT * FROM "<b>&""quoted""</b>"');

export const pages = [
	{ name: 'front', path: '/', title: 'World atlas' },
	{ name: 'countries', path: '/countries', title: /^Countries – / },
	{ name: 'country', path: '/countries/TR', title: /^Türkiye – / },
	{ name: 'place', path: '/places/745044', title: /^Istanbul/ },
	{ name: 'found', path: '/search?q=paris', title: /^Search – / },
	{ name: 'search', path: '/search', title: /^Search – / },
	{ name: 'database', path: '/atlas', title: 'atlas' },
	{ name: 'table', path: '/atlas/places', title: 'places' },
	{ name: 'facet', title: 'places',
		path: '/atlas/places?_facet=country&_sort_desc=population' },
	{ name: 'row', path: '/atlas/places/745044', title: 'Istanbul' },
	{ name: 'map', path: '/atlas/places/-/map', title: /places/ },
	{ name: 'columns', path: '/atlas/places/-/columns', title: /places/ },
	{ name: 'bars', path: '/atlas/twin-names', title: /Twin/ },
	{ name: 'points', path: '/atlas/middle-latitudes', title: /middle/ },
	{ name: 'schema', path: '/atlas/-/schema', title: /atlas/ },
	{ name: 'databases', path: '/-/databases', title: /./ },
	{ name: 'status', path: '/-/status', title: /./ },
	{ name: 'odd-database', path: '/hostile', title: 'hostile' },
	{ name: 'odd-table', path: ODD_TABLE, title: '<b>&"quoted"</b>' },
	{ name: 'odd-row', path: ODD_TABLE + '/3', title: /./ },
	{ name: 'odd-keys', title: '--><script>alert(12)</script>',
		path: '/hostile/--~3E~3Cscript~3Ealert~2812~29~3C~2Fscript~3E' },
	{ name: 'odd-found', path: '/hostile/found?_search=word',
		title: 'found' },
	{ name: 'sql', path: `/hostile/-/query?sql=${QUERY}`, title: /./ },
	{ name: 'not-found', path: '/no-such-page', title: /^Not found/,
		status: 404 },
	{ name: 'bad-request', path: '/atlas/places?_size=x', status: 400,
		title: /^That can’t be asked/ },
];
