// What a visitor does, with scripts and without: everything but suggestions
// works either way.  No step may leave an error behind.
import { visit } from './browser.mjs';
import { ODD_TABLE } from './pages.mjs';
import { check, none } from './tap.mjs';

// Waits until the address of the page is as wanted, from the path on.
async function arrive(page, wanted)
{
	await page.waitForURL(url => {
		const address = url.pathname + url.search;

		return wanted instanceof RegExp ? wanted.test(address) :
			wanted === address;
	});
}

async function heading(page, text)
{
	const found = await page.locator('h1').textContent();

	if (found !== text)
		throw `the heading is ${found}`;
}

// The texts of a column of the main table, the first being 1.
function column(page, n)
{
	return page.locator(`.scroll tbody tr > :nth-child(${n})`)
		.allTextContents();
}

function expect(fact, words)
{
	if (!fact)
		throw words;
}

// A journey: its name, where it starts, and what is done there.
const JOURNEYS = [
	['search, place, country', '/', async page => {
		await page.getByRole('searchbox').or(
			page.getByRole('combobox')).fill('paris');
		await page.getByRole('button', { name: 'Search' }).click();
		await arrive(page, '/search?q=paris');
		await page.getByRole('link', { name: 'Paris' }).first().click();
		await arrive(page, '/places/2988507');
		await heading(page, 'Paris');
		await page.getByRole('main').getByRole('link',
			{ name: 'France' }).first().click();
		await arrive(page, '/countries/FR');
		await heading(page, 'France');
		await page.goBack();
		await arrive(page, '/places/2988507');
	}],
	['a country on the map', '/', async page => {
		// where no place is drawn
		await page.locator('svg a[href="/countries/GL"] path')
			.click();
		await arrive(page, '/countries/GL');
		await heading(page, 'Greenland');
	}],
	['database, table, row', '/', async page => {
		await page.getByRole('link', { name: 'Data', exact: true })
			.click();
		await arrive(page, '/atlas');
		await page.getByRole('link', { name: 'places', exact: true })
			.click();
		await arrive(page, '/atlas/places');
		await page.getByRole('link', { name: '2960', exact: true })
			.click();
		await arrive(page, '/atlas/places/2960');
		await page.getByRole('link', { name: 'Syria' }).click();
		await arrive(page, '/atlas/countries/SY');
		await page.goBack();
		await page.getByRole('navigation', { name: 'Breadcrumb' })
			.getByRole('link', { name: 'places' }).click();
		await arrive(page, '/atlas/places');
	}],
	['full-text search', '/atlas/places', async page => {
		await page.getByRole('searchbox', { name: 'Search' })
			.fill('Samarkand');
		await page.getByRole('button', { name: 'Search' }).click();
		await arrive(page, /[?&]_search=Samarkand/);
		const names = await column(page, 2);
		expect(names.length > 0 && names.every(name =>
			/samarkand/i.test(name)), `found ${names}`);
	}],
	['filter', '/atlas/places', async page => {
		const value = page.getByLabel('Value').last();

		await page.getByLabel('Column').last().selectOption('country');
		await page.getByLabel('Operation').last()
			.selectOption('exact');
		await value.fill('MC');
		await page.getByRole('button', { name: 'Filter' }).click();
		await arrive(page, /[?&]country__exact=MC/);
		const countries = await column(page, 3);
		expect(countries.length > 0 && countries.every(name =>
			name.startsWith('Monaco')), `found ${countries}`);
	}],
	['sort, next page, back', '/atlas/places?country=IT', async page => {
		const sort = page.locator('.scroll thead').getByRole('link',
			{ name: 'population' });

		await sort.click();
		await arrive(page, /[?&]_sort=population/);
		await sort.click();
		await arrive(page, /[?&]_sort_desc=population/);
		const [largest, ...others] = await column(page, 2);
		expect(largest === 'Rome', `the largest is ${largest}`);
		await page.getByRole('link', { name: 'Next page' }).click();
		await arrive(page, /[?&]_next=/);
		const next = await column(page, 2);
		expect(next.length > 0 && !next.includes(largest) &&
			next[0] !== others[0], `then comes ${next[0]}`);
		await page.goBack();
		expect((await column(page, 2))[0] === largest, 'not back');
	}],
	['facet on and off', '/atlas/places?_facet=feature', async page => {
		const facets = page.getByRole('complementary',
			{ name: 'Facets' });

		await facets.getByRole('link', { name: 'PPLC', exact: true })
			.click();
		await arrive(page, /[?&]feature=PPLC/);
		const kinds = await column(page, 5);
		expect(kinds.length > 0 && kinds.every(kind =>
			kind === 'PPLC'), `found ${kinds}`);
		await page.goBack();
		await facets.getByRole('link', { name: 'remove' }).first()
			.click();
		await arrive(page, '/atlas/places');
	}],
	['a query in SQL', '/hostile', async page => {
		await page.getByRole('textbox', { name: 'SQL' })
			.fill("SELECT 6 * 7 AS answer, '<b>' AS b");
		await page.getByRole('button', { name: 'Run SQL' }).click();
		await arrive(page, /^\/hostile\/-\/query\?sql=/);
		const [answer] = await column(page, 1);
		expect(answer === '42', `the answer is ${answer}`);
	}],
	['an odd table, a row, back', '/hostile', async page => {
		await page.getByRole('link', { name: '<b>&"quoted"</b>' })
			.click();
		await arrive(page, ODD_TABLE);
		await page.locator('.scroll tbody a').first().click();
		await arrive(page, ODD_TABLE + '/1');
		await page.goBack();
		await arrive(page, ODD_TABLE);
	}],
	['from an error back home', '/no-such-page', async page => {
		await page.getByRole('main').getByRole('link').first().click();
		await arrive(page, /^\/(-\/databases)?$/);
	}],
	['to the content, by keyboard', '/', async page => {
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		expect(new URL(page.url()).hash === '#main', 'not there');
	}],
];

const WITH_SCRIPTS = [
	['suggestions while typing', '/', async page => {
		await page.getByRole('combobox').pressSequentially('istan');
		await page.getByRole('option', { name: /^Istanbul/ }).first()
			.waitFor();
		await page.keyboard.press('ArrowDown');
		await page.locator('[role=option][aria-selected=true]')
			.waitFor();
		await page.keyboard.press('Enter');
		await arrive(page, '/places/745044');
		await heading(page, 'Istanbul');
	}],
	['suggestions put away', '/', async page => {
		await page.getByRole('combobox').pressSequentially('par');
		await page.getByRole('listbox').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('listbox').waitFor({ state: 'hidden' });
		await page.keyboard.press('Enter');
		await arrive(page, '/search?q=par');
	}],
	['a page that renews itself', '/-/status', async page => {
		const old = await page.locator('h1').elementHandle();

		await page.waitForFunction(node => !node.isConnected, old);
		await heading(page, 'Status');
		await page.getByRole('button', { name: 'Stop refreshing' })
			.click();
		await page.getByRole('button', { name: 'Keep refreshing' })
			.waitFor();
	}],
];

async function travel(browser, base, scripts, journeys)
{
	const name = scripts ? 'with scripts' : 'without';

	for (const [title, path, body] of journeys)
		await check(`journey ${name}: ${title}`, () =>
			visit(browser, { javaScriptEnabled: scripts },
				async (page, troubles) => {
					await page.goto(base + path);
					await body(page);
					none(troubles);
				}));
}

export async function checkJourneys(browser, base)
{
	await travel(browser, base, true, [...JOURNEYS, ...WITH_SCRIPTS]);
	await travel(browser, base, false, JOURNEYS);
}
