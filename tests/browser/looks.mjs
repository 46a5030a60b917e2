// Every kind of page, as it comes and as it looks: the markup is valid, nothing
// goes wrong as it loads, there is nothing to scroll sideways for, and axe
// finds nothing that a reader with a screen reader or weak eyes would miss, in
// light and in dark.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { visit } from './browser.mjs';
import { rules } from './markup.mjs';
import { pages } from './pages.mjs';
import { check, none } from './tap.mjs';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const WIDE = { width: 1200, height: 900 };
const LOOKS = {
	light: { colorScheme: 'light', size: WIDE },
	dark: { colorScheme: 'dark', size: WIDE },
	phone: { colorScheme: 'light', size: { width: 360, height: 740 } },
};

// What a first visit may cost: bytes over the wire, and requests.
const LIMITS = { front: { bytes: 60000, requests: 3 } };

const validator = new HtmlValidate({ extends: ['html-validate:recommended'],
	rules });

function fits(title, wanted)
{
	return wanted instanceof RegExp ? wanted.test(title) : title === wanted;
}

async function checkMarkup(html)
{
	const report = await validator.validateString(html);

	none(report.results.flatMap(result => result.messages).map(found =>
		`${found.line}:${found.column} ${found.ruleId}: ` +
		found.message));
}

async function checkSize(requests, limit)
{
	let bytes = 0;

	for (const request of requests) {
		const sizes = await request.sizes();

		bytes += sizes.responseHeadersSize + sizes.responseBodySize;
	}
	const words = `${(bytes / 1000).toFixed(1)} kB in ` +
		`${requests.length} requests`;
	if (bytes >= limit?.bytes || requests.length > limit?.requests)
		throw words;
	return words;
}

// To be run in the page.
function overflow()
{
	const { scrollWidth, clientWidth } = document.documentElement;
	const wide = Array.from(document.querySelectorAll('body *'))
		.filter(node => node.getBoundingClientRect().right >
			clientWidth + 1 && !node.closest('.scroll *'))
		.map(node => `${node.nodeName.toLowerCase()}.` +
			(node.getAttribute('class') ?? ''));

	return scrollWidth <= clientWidth ? [] : [`${scrollWidth} pixels ` +
		`in ${clientWidth}: ${wide.slice(0, 5).join(', ')}`];
}

async function checkAccess(page)
{
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() =>
		globalThis.axe.run({ resultTypes: ['violations'] }));

	none(violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(
		node => `${id}: ${help}: ${node.html.slice(0, 200)}\n` +
			node.failureSummary)));
}

// What doesn't change with looks.
async function load(page, troubles, kind, base)
{
	const requests = [];

	page.on('requestfinished', request => {
		if (request.url().startsWith('http'))
			requests.push(request);
	});
	const reply = await page.goto(base + kind.path);

	await check(`${kind.name}: loads`, async () => {
		const title = await page.title();

		none(troubles);
		if (reply.status() !== (kind.status ?? 200))
			throw `status ${reply.status()}`;
		if (!fits(title, kind.title))
			throw `its title is ${title}`;
	});
	await check(`${kind.name}: size`, () =>
		checkSize(requests, LIMITS[kind.name]));
	await check(`${kind.name}: markup`, async () =>
		checkMarkup(await reply.text()));
}

async function look(page, kind, name, folder)
{
	const { colorScheme, size } = LOOKS[name];

	await page.emulateMedia({ colorScheme });
	await page.setViewportSize(size);
	await check(`${kind.name} ${name}: width`, async () =>
		none(await page.evaluate(overflow)));
	await page.screenshot({ path: `${folder}/${kind.name}-${name}.png` });
	if (size === WIDE)
		await check(`${kind.name} ${name}: axe`, () =>
			checkAccess(page));
}

export async function checkLooks(browser, base, folder)
{
	for (const kind of pages)
		await visit(browser, { viewport: WIDE },
			async (page, troubles) => {
				await load(page, troubles, kind, base);
				for (const name of Object.keys(LOOKS))
					await look(page, kind, name, folder);
			});
}
