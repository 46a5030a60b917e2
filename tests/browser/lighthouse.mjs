// Lighthouse's audits: nothing may be missing of what can be checked about
// accessibility, practices and search engines.  Performance depends on the
// machine and is only shown.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { ARGUMENTS, CHROMIUM } from './browser.mjs';
import { check } from './tap.mjs';

const PATHS = { front: '/', table: '/atlas/places', place: '/places/745044' };
const FULL = ['accessibility', 'best-practices', 'seo'];

const percent = ({ score }) => Math.round(score * 100);

// What keeps a category from being full.
function failures({ auditRefs }, audits)
{
	return auditRefs.map(({ id }) => audits[id])
		.filter(({ score }) => score !== null && score < 1)
		.map(({ id, title, details }) => `${id}: ${title} ` +
			JSON.stringify(details?.items ?? []).slice(0, 500));
}

async function audit(name, url, port)
{
	const { lhr } = await lighthouse(url, { port, logLevel: 'error',
		disableFullPageScreenshot: true,
		onlyCategories: ['performance', ...FULL] });
	const { audits, categories } = lhr;

	for (const id of FULL)
		await check(`lighthouse ${name}: ${id}`, () => {
			if (percent(categories[id]) < 100)
				throw [percent(categories[id]), ...failures(
					categories[id], audits)].join('\n');
			return '100';
		});
	console.log(`# lighthouse ${name}: performance ` +
		percent(categories.performance));
}

export async function checkLighthouse(base)
{
	const chrome = await launch({ chromePath: CHROMIUM,
		chromeFlags: ['--headless', ...ARGUMENTS] });

	try {
		for (const [name, path] of Object.entries(PATHS))
			await audit(name, base + path, chrome.port);
	} finally {
		chrome.kill();
	}
}
