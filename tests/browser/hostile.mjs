// Data that would do harm is shown, and nothing else: no script of it runs, it
// makes no link and no element, and it turns no text around outside its cell.
import { visit } from './browser.mjs';
import { ODD_TABLE, pages } from './pages.mjs';
import { check, none } from './tap.mjs';

// To be run in the page: what data must not have made.
function made()
{
	const wrong = [];
	const kinds = 'i, b, img, iframe, object, embed, base, ' +
		'script:not([src^="/-/static/"]), style, main svg:not([class])';

	for (const node of document.querySelectorAll(kinds))
		wrong.push(node.outerHTML.slice(0, 200));
	for (const node of document.querySelectorAll('*')) {
		for (const { name, value } of node.attributes) {
			if (/^on|^style$/.test(name) ||
			    (/^(xlink:)?href$|^src$|action$/.test(name) &&
			    !/^[/#?]|^data:,$/.test(value)))
				wrong.push(`${node.nodeName} ${name}=${value}`);
		}
	}
	return wrong;
}

// The reply's headers, as they keep a browser from guessing and from scripts.
function checkHeaders(reply)
{
	const headers = reply.headers();
	const policy = headers['content-security-policy'] ?? '';

	none([
		headers['x-content-type-options'] === 'nosniff' ||
			'no X-Content-Type-Options',
		headers['referrer-policy'] === 'same-origin' ||
			'no Referrer-Policy',
		/default-src 'none'/.test(policy) ||
			'no Content-Security-Policy',
		!/unsafe-inline|unsafe-eval|\*/.test(policy) ||
			`Content-Security-Policy: ${policy}`,
	].filter(fact => fact !== true));
}

// Rows as CSV (RFC 4180), of texts.
function parseCsv(text)
{
	const rows = [[]];
	const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;

	for (const [all, quoted, plain, end] of text.matchAll(field)) {
		if (all === '')
			break;
		rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
		if (end === '\r\n')
			rows.push([]);
	}
	return rows.filter(row => row.length > 0);
}

async function checkJson(base)
{
	const reply = await fetch(`${base}${ODD_TABLE}.json?_shape=objects`);
	const text = await reply.text();
	const { rows } = JSON.parse(text);

	if (!reply.headers.get('content-type').startsWith('application/json'))
		throw reply.headers.get('content-type');
	if (rows.length !== 8 ||
	    rows[0]['<i>name</i>'] !== '<script>alert(1)</script>' ||
	    rows[1]['<i>name</i>'] !== 'javascript:alert(3)' ||
	    rows[2]['עברית'] !== '\u202egnp.exe\u202c' ||
	    rows[5]['<i>name</i>'] !== null)
		throw text;
	// eslint-disable-next-line no-control-regex
	if (/[\x00-\x09\x0b-\x1f]/.test(text))
		throw 'control characters in JSON';
}

async function checkCsv(base)
{
	const reply = await fetch(`${base}${ODD_TABLE}.csv`);
	const text = await reply.text();
	const [names, ...rows] = parseCsv(text);

	if (!reply.headers.get('content-type').startsWith('text/csv'))
		throw reply.headers.get('content-type');
	if (reply.headers.get('x-content-type-options') !== 'nosniff')
		throw 'a browser may guess what it is';
	if (names.length !== 8 || names[1] !== '<i>name</i>' ||
	    rows.length !== 8 || rows.some(row => row.length !== 8) ||
	    rows[0][1] !== '<script>alert(1)</script>' ||
	    rows[4][3] !== '\nline\r' || !rows[3][1].endsWith('=1+2'))
		throw text;
}

export async function checkHostile(browser, base)
{
	const odd = pages.filter(page => page.path.startsWith('/hostile'));

	for (const { name, path } of odd)
		await check(`hostile ${name}`, () => visit(browser, {},
			async (page, troubles) => {
				const reply = await page.goto(base + path);

				checkHeaders(reply);
				none(await page.evaluate(made));
				none(troubles);
			}));
	await check('hostile text that is turned around', () =>
		visit(browser, {}, async page => {
			await page.goto(base + ODD_TABLE);
			const open = await page.locator('td').evaluateAll(
				cells => cells.map(getComputedStyle)
					.filter(({ unicodeBidi }) =>
						!/isolate|plaintext/
							.test(unicodeBidi))
					.length);
			if (open > 0)
				throw `${open} cells are not kept apart`;
		}));
	await check('hostile JSON', () => checkJson(base));
	await check('hostile CSV', () => checkCsv(base));
}
