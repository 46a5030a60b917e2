// Checks the pages at URL with Chromium:
//
//	node main.mjs URL FOLDER
//
// Pictures of the pages go into FOLDER.  Prints TAP.
import { launch } from './browser.mjs';
import { checkHostile } from './hostile.mjs';
import { checkJourneys } from './journeys.mjs';
import { checkLighthouse } from './lighthouse.mjs';
import { checkLooks } from './looks.mjs';
import { finish } from './tap.mjs';

const [base, folder] = process.argv.slice(2);
const browser = await launch();

try {
	// the one draws much, the others wait much
	await Promise.all([
		checkLooks(browser, base, folder),
		checkJourneys(browser, base)
			.then(() => checkHostile(browser, base)),
	]);
	await checkLighthouse(base);
} finally {
	await browser.close();
}
finish();
