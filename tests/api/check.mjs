// Holds what squall answers against what /-/openapi.json says of it: every
// path, and every parameter of it, with values from the data.  The replies must
// be of a status and a type that the document has, and fit its schema.
//
//	node check.mjs DOCUMENT URL
//
// URL is where squall is mounted.  Prints TAP, a test for each path.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const [file, base] = process.argv.slice(2);
const doc = JSON.parse(readFileSync(file, 'utf8'));
const ajv = new Ajv({ strict: false });
ajv.addSchema(doc, 'doc');

// The reply may be an error: what is asked for is not there.
const UNCERTAIN = new Set(['_through', '_search', '_fts_table', '_fts_pk',
	'_timelimit', '_shape', '_nocol', '_facet_array', '_facet_date',
	'_next']);
// A parameter of these is the name of a column.
const COLUMNS = new Set(['_sort', '_sort_desc', '_col', '_nocol', '_label',
	'_facet', '_facet_array', '_facet_date']);

function resolve(node)
{
	if (node.$ref === undefined)
		return node;
	return node.$ref.split('/').slice(1).reduce((part, name) =>
		part[name.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
}

// A JSON pointer's way into the document, as a reference from outside.
function pointer(...names)
{
	return 'doc#/' + names.map(name => encodeURIComponent(
		name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}

const compiled = new Map();

// The check of a schema, which is compiled once.
function checker($ref)
{
	if (!compiled.has($ref))
		compiled.set($ref, ajv.compile({ $ref }));
	return compiled.get($ref);
}

// The check of a reply with this status and content type; undefined: the
// document does not have it.
function described(path, status, type)
{
	const { responses } = doc.paths[path].get;
	const name = String(status) in responses ? String(status) : 'default';
	const { $ref } = responses[name];
	const where = $ref !== undefined ? 'doc' + $ref :
		pointer('paths', path, 'get', 'responses', name);

	if (!(type in resolve(responses[name]).content))
		return undefined;
	return checker(where + pointer('content', type, 'schema').slice(4));
}

// Asks for an address of the path; throws what does not fit.
async function ask(path, address, mayFail)
{
	const reply = await fetch(base + address);
	const type = (reply.headers.get('content-type') ?? '').split(';')[0];
	const text = await reply.text();
	const fits = described(path, reply.status, type);

	if (reply.status !== 200 &&
	    !(mayFail && [400, 404, 503].includes(reply.status)))
		throw `${address}: status ${reply.status}: ${text.slice(0, 300)}`;
	if (fits === undefined)
		throw `${address}: ${reply.status} ${type} is not described`;
	if (type !== 'application/json')
		return undefined;
	const body = JSON.parse(text);
	if (!fits(body))
		throw `${address}: ${ajv.errorsText(fits.errors)}: ` +
			text.slice(0, 300);
	return body;
}

// The first and the last column that the path can be filtered by.
function columns(path)
{
	const names = doc.paths[path].get.parameters
		.filter(({ $ref }) => $ref === undefined)
		.map(({ name }) => name);

	return [...names.slice(0, 1), ...names.slice(-1)];
}

// Values to try for a parameter of the path, whose plain reply is `plain`.
function values({ name, schema }, path, plain)
{
	const row = plain?.rows?.[0] ?? {};

	if (schema.enum !== undefined)
		return schema.enum;
	if (schema.type === 'integer')
		return [schema.minimum, schema.maximum, schema.default]
			.filter(value => value !== undefined);
	if (COLUMNS.has(name))
		return columns(path);
	if (name === '_where')
		return ['1', "'a' < 'b' AND (1 OR 0)"];
	if (name === '_extra')
		return plain?.extras?.map(extra => extra.name) ?? ['extras'];
	if (name === '_next')
		return plain?.next ? [plain.next] : ['x'];
	if (name === 'sql')
		return ["SELECT 1 AS one, 'x', NULL, x'ff'"];
	if (schema.default !== undefined)
		return [schema.default];
	return [['string', 'number'].includes(typeof row[name]) ?
		String(row[name]).slice(0, 100) : ''];
}

function query(name, value)
{
	return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

// The keys of some rows of a row's table; those with a NULL lead nowhere.
async function keys(path)
{
	const table = path.replace('/{key}.json', '.json');
	const { primary_keys: names } = await ask(table,
		`${table}?_size=0&_extra=primary_keys`);
	const filters = names.map(name => '&' + query(name + '__notnull', 1));
	const rows = await ask(table,
		`${table}?_shape=object&_size=5${filters.join('')}`);

	return Object.keys(rows).slice(0, 3);
}

async function checkAddress(path, address)
{
	const parameters = doc.paths[path].get.parameters.map(resolve)
		.filter(parameter => parameter.in === 'query');
	const required = parameters.filter(parameter => parameter.required)
		.map(parameter => query(parameter.name,
			values(parameter, path)[0]));
	const start = [address, ...required].join('?');
	const glue = required.length > 0 ? '&' : '?';
	const plain = await ask(path, start, false);

	if (parameters.some(({ name }) => name === '_extra'))
		plain.extras = (await ask(path, start + glue + '_extra=extras',
			false)).extras;
	if (required.length > 0)
		await ask(path, address, true);
	for (const parameter of parameters) {
		for (const value of values(parameter, path, plain)) {
			const more = query(parameter.name, value);

			await ask(path, parameter.required ?
				`${address}?${more}` : start + glue + more,
				UNCERTAIN.has(parameter.name));
		}
	}
}

async function checkPath(path)
{
	if (!path.includes('{key}'))
		return checkAddress(path, path);
	for (const key of await keys(path))
		await checkAddress(path, path.replace('{key}', key));
	await ask(path, path.replace('{key}', 'no-such-key'), true);
}

let n = 0, failed = 0;
for (const path of Object.keys(doc.paths)) {
	let why;

	try {
		await checkPath(path);
	} catch (error) {
		why = error instanceof Error ? error.stack : error;
	}
	n++;
	if (why === undefined) {
		console.log(`ok ${n} ${path}`);
	} else {
		failed++;
		console.log(`not ok ${n} ${path}\n# ${why}`);
	}
}
console.log(`1..${n}`);
process.exitCode = failed > 0 ? 1 : 0;
