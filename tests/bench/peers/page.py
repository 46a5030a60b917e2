#!/usr/bin/python3
"""What a user of Tornado writes for these pages: cache-aside in Memcached
(pymemcache) or Redis (redis-py) with an expiry, SQLite behind it.

usage: page.py PORT DATABASE FRAME memcached|redis SOCKET

FRAME.head and FRAME.foot are the page around the rows.  One process per CPU.
"""
import html
import json
import sqlite3
import sys
import urllib.parse

import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.process
import tornado.web

EXPIRY_S = 600
SELECT = """SELECT p.id, p.name, p.country, p.region, p.feature,
    p.population, p.lat, p.lon, r.name AS region_name, c.name AS country_name
    FROM places AS p LEFT JOIN regions AS r ON r.code = p.region
    LEFT JOIN countries AS c ON c.iso2 = p.country"""


class MemcachedCache:
    def __init__(self, socket):
        from pymemcache.client.base import Client

        self.client = Client(socket, no_delay=True)

    def get(self, key):
        return self.client.get(key)

    def set(self, key, page):
        self.client.set(key, page, expire=EXPIRY_S)


class RedisCache:
    def __init__(self, socket):
        import redis

        self.client = redis.Redis(unix_socket_path=socket)

    def get(self, key):
        return self.client.get(key)

    def set(self, key, page):
        self.client.set(key, page, ex=EXPIRY_S)


class Page(tornado.web.RequestHandler):
    def initialize(self, cache, database, frame):
        self.cache, self.database, self.frame = cache, database, frame

    def send(self, kind, make):
        page = self.cache.get(self.request.uri)
        if page is None:
            page = make().encode()
            self.cache.set(self.request.uri, page)
        self.set_header("Content-Type", kind + "; charset=utf-8")
        self.finish(page)


class Table(Page):
    def get(self):
        self.send("text/html", self.make)

    def make(self):
        after = int(self.get_query_argument("_next", "i0")[1:])
        count = self.database.execute("SELECT count(*) FROM places")
        rows = self.database.execute(
            SELECT + " WHERE p.id > ? ORDER BY p.id LIMIT 101", (after,))
        parts = [self.frame[0]]
        for row in rows.fetchmany(100):
            parts.append(
                f'<tr><td><a href="/atlas/places/{row["id"]}">{row["id"]}</a>'
                f'</td><td>{html.escape(row["name"])}</td><td>'
                f'{linked("countries", row["country"], row["country_name"])}'
                f'</td><td>'
                f'{linked("regions", row["region"], row["region_name"])}'
                f'</td><td>{html.escape(row["feature"])}</td><td>'
                f'{"null" if row["population"] is None else row["population"]}'
                f'</td><td>{row["lat"]}</td><td>{row["lon"]}</td></tr>\n')
        rows.close()
        parts.append(f"<!-- of {count.fetchone()[0]} -->")
        parts.append(self.frame[1])
        return "".join(parts)


class Row(Page):
    def get(self, key):
        self.send("application/json", lambda: self.make(key))

    def make(self, key):
        row = self.database.execute(
            SELECT + " WHERE p.id = ?", (int(key),)).fetchone()
        if row is None:
            raise tornado.web.HTTPError(404)
        values = dict(row)
        del values["region_name"], values["country_name"]
        return json.dumps(
            {"ok": True, "database": "atlas", "table": "places",
             "rows": [values], "primary_keys": ["id"],
             "primary_key_values": [key], "truncated": False},
            ensure_ascii=False, separators=(",", ":"))


def linked(table, key, label):
    if key is None:
        return '<span class="null">null</span>'
    return (f'<a href="/atlas/{table}/{urllib.parse.quote(key)}">'
            f'{html.escape(label)}</a> <small>{html.escape(key)}</small>')


def main():
    port, database, frame, store, socket = sys.argv[1:]
    sockets = tornado.netutil.bind_sockets(int(port), "127.0.0.1", backlog=1024)
    tornado.process.fork_processes(0)
    handle = sqlite3.connect(database)
    handle.row_factory = sqlite3.Row
    parts = [open(frame + end, encoding="utf-8").read()
             for end in (".head", ".foot")]
    caches = {"memcached": MemcachedCache, "redis": RedisCache}
    shared = {"cache": caches[store](socket), "database": handle,
              "frame": parts}
    application = tornado.web.Application([
        ("/atlas/places", Table, shared),
        (r"/atlas/places/(\d+)\.json", Row, shared),
    ])
    server = tornado.httpserver.HTTPServer(application)
    server.add_sockets(sockets)
    tornado.ioloop.IOLoop.current().start()


main()
