// Chromium, and windows of it that remember what went wrong in them.
import { chromium } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium'; // Debian's package
export const ARGUMENTS = ['--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update',
	'--disable-sync',
	...process.getuid() === 0 ? ['--no-sandbox'] : []];

export function launch()
{
	return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

// Opens a window with a cache of its own, runs body(page, troubles) in it, and
// closes it.  `options` are Playwright's for a context.  Troubles are errors of
// scripts and in the console, where breaches of the Content-Security-Policy are
// shown as well, dialogs, and requests that failed.  That a page itself has the
// status of an error is for the caller to judge.
export async function visit(browser, options, body)
{
	const context = await browser.newContext(options);
	const troubles = [];

	context.setDefaultTimeout(10000);
	context.on('console', message => {
		const { url } = message.location();

		if (['error', 'warning'].includes(message.type()) &&
		    !(url === message.page()?.url() &&
		    message.text().startsWith('Failed to load resource')))
			troubles.push(`console: ${message.text()} (${url})`);
	});
	context.on('weberror', error =>
		troubles.push(`script: ${error.error()}`));
	context.on('dialog', dialog => {
		troubles.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	context.on('requestfailed', request => {
		const why = request.failure()?.errorText;

		// whoever leaves a page leaves its scripts' requests
		if (why !== 'net::ERR_ABORTED' ||
		    request.resourceType() !== 'fetch')
			troubles.push(`request: ${request.url()}: ${why}`);
	});
	context.on('response', response => {
		if (response.status() >= 400 &&
		    response.request().resourceType() !== 'document')
			troubles.push(`request: ${response.url()}: ` +
				response.status());
	});
	try {
		return await body(await context.newPage(), troubles);
	} finally {
		await context.close();
	}
}
