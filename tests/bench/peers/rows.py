#!/usr/bin/python3
"""Does a table page show the rows that it should?  Whoever made it, whatever
its markup: each row of its table has the values of the database, in order.

usage: rows.py DATABASE PAGE.html
"""
import html.parser
import re
import sqlite3
import sys

SELECT = """SELECT p.id, p.name, c.name, r.name, p.feature, p.population,
    p.lat, p.lon FROM places AS p LEFT JOIN regions AS r ON r.code = p.region
    LEFT JOIN countries AS c ON c.iso2 = p.country ORDER BY p.id LIMIT 100"""


class Rows(html.parser.HTMLParser):
    """The text of each row in the table's body."""

    def __init__(self):
        super().__init__()
        self.within, self.rows = False, []

    def handle_starttag(self, tag, attributes):
        if tag == "tbody":
            self.within = True
        elif tag == "tr" and self.within:
            self.rows.append("")

    def handle_endtag(self, tag):
        if tag == "tbody":
            self.within = False
        elif tag == "td" and self.rows:
            self.rows[-1] += "\t"

    def handle_data(self, data):
        if self.within and self.rows:
            self.rows[-1] += data


def main():
    page = Rows()
    with open(sys.argv[2], encoding="utf-8") as file:
        page.feed(file.read())
    wanted = sqlite3.connect(sys.argv[1]).execute(SELECT).fetchall()
    if len(page.rows) != len(wanted):
        sys.exit(f"{len(page.rows)} rows instead of {len(wanted)}")
    for text, row in zip(page.rows, wanted):
        # digits may be grouped
        text = re.sub(r"(?<=\d)[,\u2009\u202f\u00a0](?=\d{3})", "", text)
        at = 0
        for value in (str(v) for v in row if v is not None):
            at = text.find(value, at)
            if at < 0:
                sys.exit(f"{value} of row {row[0]} is not in: {text}")
            at += len(value)


main()
