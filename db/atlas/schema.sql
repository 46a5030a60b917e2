-- The demo database: the populated places of the world, the countries and
-- regions they lie in, and the countries' outlines. load.sh fills it, and
-- README.md says where the data comes from.
--
-- What the data does not know is NULL, never an empty text.

CREATE TABLE countries (
	iso2       TEXT NOT NULL PRIMARY KEY,  -- ISO 3166-1 alpha-2
	iso3       TEXT UNIQUE,                -- ISO 3166-1 alpha-3
	name       TEXT NOT NULL,              -- in English
	native     TEXT NOT NULL,              -- in the country's own language
	continent  TEXT NOT NULL,
	capital    TEXT,
	currencies TEXT,                       -- codes, separated by commas
	languages  TEXT                        -- names, separated by commas
) STRICT, WITHOUT ROWID;

CREATE TABLE regions (
	code    TEXT NOT NULL PRIMARY KEY,     -- country.admin1, such as TR.34
	country TEXT NOT NULL REFERENCES countries (iso2),
	name    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX regions_country_name ON regions (country, name);

-- The files write an unknown population as 0. It is stored as NULL, so that
-- min() and avg() leave it out; sum() is the same either way, and sorted from
-- the largest down the unknown still come last.
CREATE TABLE places (
	id         INTEGER PRIMARY KEY,        -- GeoNames id
	name       TEXT NOT NULL,
	country    TEXT NOT NULL REFERENCES countries (iso2),
	region     TEXT REFERENCES regions (code),
	feature    TEXT NOT NULL,              -- GeoNames feature code
	population INTEGER CHECK (population > 0),
	lat        REAL NOT NULL CHECK (lat BETWEEN -90 AND 90),
	lon        REAL NOT NULL CHECK (lon BETWEEN -180 AND 180)
) STRICT;

-- An index ends with the rowid, so these also serve ORDER BY population DESC,
-- id without a sort.
CREATE INDEX places_population ON places (population DESC);
CREATE INDEX places_country_population ON places (country, population DESC);
CREATE INDEX places_region_population ON places (region, population DESC);
CREATE INDEX places_feature_population ON places (feature, population DESC);
CREATE INDEX places_name ON places (name, country);

-- The outlines at two scales. A country may have several (Australia's reefs
-- have their own), and disputed lands have none to belong to, so the key is
-- the name.
CREATE TABLE outlines_110m (
	iso2     TEXT REFERENCES countries (iso2),
	name     TEXT NOT NULL PRIMARY KEY,
	polygons TEXT NOT NULL                 -- README.md has the format
) STRICT;

CREATE INDEX outlines_110m_iso2 ON outlines_110m (iso2);

CREATE TABLE outlines_50m (
	iso2     TEXT REFERENCES countries (iso2),
	name     TEXT NOT NULL PRIMARY KEY,
	polygons TEXT NOT NULL                 -- README.md has the format
) STRICT;

CREATE INDEX outlines_50m_iso2 ON outlines_50m (iso2);

-- Countries that meet on land, both ways round: load.sh finds them by the points
-- that their outlines at 1:50m have in common.
CREATE TABLE borders (
	country   TEXT NOT NULL REFERENCES countries (iso2),
	neighbour TEXT NOT NULL REFERENCES countries (iso2),
	PRIMARY KEY (country, neighbour)
) STRICT, WITHOUT ROWID;

-- Which outlines reach into a part of the world; by name, since VACUUM may give
-- rows other rowids.
CREATE VIRTUAL TABLE outlines_50m_position USING rtree (
	id, min_lat, max_lat, min_lon, max_lon, +name TEXT
);

-- Search by name: "sao paulo" finds São Paulo. Only accents are folded, not
-- letters of their own: Łódź answers to "łodz", not to "lodz", so who means it
-- asks for both. The names are read from places; the prefix index is for search
-- while typing.
CREATE VIRTUAL TABLE places_fts USING fts5 (
	name,
	content="places", content_rowid="id",
	tokenize="unicode61 remove_diacritics 2",
	prefix="2 3"
);

-- Search by position. The R*Tree keeps 32-bit floats, rounded outwards, so
-- each place is a box of a few metres around its true point: compare lat and
-- lon in places where that matters.
CREATE VIRTUAL TABLE places_position USING rtree (
	id, min_lat, max_lat, min_lon, max_lon
);

-- Whoever writes to places keeps both searches right without knowing of them.
-- (REPLACE does so only with PRAGMA recursive_triggers on.)
CREATE TRIGGER places_inserted AFTER INSERT ON places
BEGIN
	INSERT INTO places_fts (rowid, name) VALUES (new.id, new.name);
	INSERT INTO places_position
	VALUES (new.id, new.lat, new.lat, new.lon, new.lon);
END;

CREATE TRIGGER places_deleted AFTER DELETE ON places
BEGIN
	INSERT INTO places_fts (places_fts, rowid, name)
	VALUES ('delete', old.id, old.name);
	DELETE FROM places_position WHERE id = old.id;
END;

CREATE TRIGGER places_updated AFTER UPDATE OF id, name, lat, lon ON places
BEGIN
	INSERT INTO places_fts (places_fts, rowid, name)
	VALUES ('delete', old.id, old.name);
	DELETE FROM places_position WHERE id = old.id;
	INSERT INTO places_fts (rowid, name) VALUES (new.id, new.name);
	INSERT INTO places_position
	VALUES (new.id, new.lat, new.lat, new.lon, new.lon);
END;
