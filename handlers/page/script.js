/*
 * Suggestions under a search box: <input data-suggest="/search.json"> is asked
 * as ?q=...&size=8 and answers {"results": [{"name", "detail", "url"}]}.
 * Without this the box is a plain form.
 */
"use strict";

for (const input of document.querySelectorAll("input[data-suggest]")) {
	const list = document.createElement("ul");
	let asked = "";
	let chosen = -1;

	list.id = "suggestions";
	list.className = "suggestions";
	list.hidden = true;
	list.setAttribute("role", "listbox");
	list.setAttribute("aria-label", "Suggestions");
	input.setAttribute("role", "combobox");
	input.setAttribute("aria-autocomplete", "list");
	input.setAttribute("aria-controls", list.id);
	input.setAttribute("aria-expanded", "false");
	input.after(list);

	const show = (open) => {
		list.hidden = !open;
		input.setAttribute("aria-expanded", String(open));
		if (!open)
			choose(-1);
	};

	const choose = (i) => {
		chosen = i;
		Array.from(list.children).forEach((item, j) =>
			item.setAttribute("aria-selected", String(i === j)));
		if (i < 0)
			input.removeAttribute("aria-activedescendant");
		else
			input.setAttribute("aria-activedescendant",
				list.children[i].id);
	};

	const fill = (results) => {
		const kept = list.children[chosen]?.dataset.url;

		list.replaceChildren(...results.map((result, i) => {
			const item = document.createElement("li");
			const detail = document.createElement("small");

			item.id = "suggestion-" + i;
			item.setAttribute("role", "option");
			item.dataset.url = result.url;
			detail.textContent = result.detail;
			item.append(result.name, " ", detail);
			return item;
		}));
		show(results.length > 0);
		choose(results.findIndex((result) => result.url === kept));
	};

	/* Nor does a reply that is still to come open it again. */
	const close = () => {
		asked = "";
		show(false);
	};

	input.addEventListener("input", async () => {
		const q = input.value.trim();

		if (q.length < 2) {
			close();
			return;
		}
		asked = q;
		try {
			const reply = await fetch(input.dataset.suggest +
				"?size=8&q=" + encodeURIComponent(q));
			const found = await reply.json();

			/* What was typed since then has a reply of its own. */
			if (asked === q && reply.ok)
				fill(found.results);
		} catch {
			if (asked === q)
				close();
		}
	});

	input.addEventListener("keydown", (event) => {
		const n = list.children.length;

		if (list.hidden || n === 0)
			return;
		if (event.key === "ArrowDown") {
			choose((chosen + 1) % n);
		} else if (event.key === "ArrowUp") {
			choose(chosen > 0 ? chosen - 1 : n - 1);
		} else if (event.key === "Escape") {
			close();
		} else if (event.key === "Enter" && chosen >= 0) {
			location.href = list.children[chosen].dataset.url;
		} else {
			return;
		}
		event.preventDefault();
	});

	list.addEventListener("mousedown", (event) => {
		const item = event.target.closest("li");

		event.preventDefault();
		if (item !== null)
			location.href = item.dataset.url;
	});

	input.addEventListener("blur", close);
}

/*
 * <main data-refresh="5"> takes its content from its address anew after so many
 * seconds, until it is told to stop, and while nobody is on a link in it.
 */
for (const main of document.querySelectorAll("main[data-refresh]")) {
	const button = document.createElement("button");
	let running = true;

	button.type = "button";
	button.textContent = "Stop refreshing";
	button.addEventListener("click", () => {
		running = !running;
		button.textContent = running ?
			"Stop refreshing" : "Keep refreshing";
	});
	document.querySelector("header").append(button);

	const renew = async () => {
		const reply = await fetch(location.href);
		const page = new DOMParser().parseFromString(
			await reply.text(), "text/html");

		if (reply.ok && running &&
		    !main.contains(document.activeElement))
			main.replaceChildren(
				...page.querySelector("main").childNodes);
	};

	setInterval(() => {
		/* What can't be reached now may be when it is asked again. */
		if (running && !document.hidden)
			renew().catch(() => {});
	}, main.dataset.refresh * 1000);
}
