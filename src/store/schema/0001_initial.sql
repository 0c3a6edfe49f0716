-- Times are milliseconds since 1970 in UTC, rates are beats a minute, and figures are those the owner was shown.
-- To look in from outside: SELECT datetime(made_ms / 1000, 'unixepoch', 'localtime'), became FROM offers;

-- "knd1": lets file(1) tell what this is.
PRAGMA application_id = 0x6b6e6431;

-- What the monitor sent, an hour to a row. src/store/packed.rs explains the bytes.
CREATE TABLE beats (
    hour INTEGER PRIMARY KEY, -- hours since 1970
    packed BLOB NOT NULL
);

-- The same for the hour under way, a few seconds to a row; packed into one when the hour is over.
CREATE TABLE open_beats (
    id INTEGER PRIMARY KEY,
    hour INTEGER NOT NULL,
    packed BLOB NOT NULL
);

-- One row a minute of wear.
CREATE TABLE minutes (
    minute INTEGER PRIMARY KEY,          -- minutes since 1970
    heart_rate_tenths INTEGER NOT NULL,  -- median, in tenths of a beat a minute
    rmssd_tenths INTEGER,                -- in tenths of a millisecond
    coverage_percent INTEGER NOT NULL    -- share of the minute with a plausible rate
);

CREATE TABLE elevations (
    started_ms INTEGER PRIMARY KEY,
    ended_ms INTEGER,                    -- NULL: not known
    heart_rate REAL NOT NULL,
    usual REAL NOT NULL,
    spread REAL NOT NULL,
    sustained_ms INTEGER NOT NULL,
    outcome TEXT                         -- 'offered', or the gate that held it; NULL: not decided
);

CREATE TABLE offers (
    made_ms INTEGER PRIMARY KEY,
    heart_rate REAL NOT NULL,
    usual REAL NOT NULL,
    spread REAL NOT NULL,
    sustained_ms INTEGER NOT NULL,
    became TEXT,                         -- start, later, fine, moving, excited, expired, replaced; NULL: still open
    became_ms INTEGER
);

CREATE TABLE breaks (
    started_ms INTEGER PRIMARY KEY,
    practice TEXT NOT NULL,
    length_s INTEGER NOT NULL,
    ended_ms INTEGER,                    -- NULL: under way, or interrupted
    ending TEXT,                         -- completed, left, too_much
    step INTEGER                         -- at which step it was left or too much, from 0
);

-- How tense the owner was afterwards, 0 to 10, and the line they wrote, if any.
CREATE TABLE answers (
    started_ms INTEGER PRIMARY KEY REFERENCES breaks ON DELETE CASCADE,
    answered_ms INTEGER NOT NULL,
    tension INTEGER CHECK (tension BETWEEN 0 AND 10),
    note TEXT
);

-- What is usual for the owner: one row.
CREATE TABLE baseline (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    form INTEGER NOT NULL,
    saved_ms INTEGER NOT NULL,
    state TEXT NOT NULL
);

-- Small things to remember from one run to the next.
CREATE TABLE state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
