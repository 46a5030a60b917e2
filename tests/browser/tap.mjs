// Prints the Test Anything Protocol: a line for each check, as they end.
let n = 0, failed = 0;

// Runs one check: `body` throws what is wrong, or returns words for the line.
export async function check(name, body)
{
	try {
		const words = await body();

		console.log(`ok ${++n} ${name}${words ? `: ${words}` : ''}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${++n} ${name}`);
		console.log(String(error?.stack ?? error).replace(/^/gm, '# '));
	}
}

// Throws the complaints, if there are any.
export function none(complaints)
{
	if (complaints.length > 0)
		throw complaints.join('\n');
}

export function finish()
{
	console.log(`1..${n}`);
	process.exitCode = failed > 0 ? 1 : 0;
}
