#!/usr/bin/python3
"""Commits to a database so many times a second, until it is stopped.

usage: writer.py DATABASE COMMITS_PER_SECOND
"""
import sqlite3
import sys
import time

database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
period_s = 1 / float(sys.argv[2])
due = time.monotonic()
n = 0
while True:
    n += 1
    database.execute("UPDATE places SET population = ? WHERE id = "
                     "(SELECT min(id) FROM places)", (n,))
    due += period_s
    time.sleep(max(0, due - time.monotonic()))
