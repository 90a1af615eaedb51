-- The tables of `archive.sqlite`. docs/archive.md tells them in prose.

-- Single values: `archive` is this archive's own random name, `change` the number of the last change
-- to a telegram, `trimmed` the change up to which `tail` was emptied, `commits` how often anything was
-- written.
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- The bytes of several originals, one after the other, as one zstd frame.
CREATE TABLE block (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

-- A document's bytes as they came: `len` bytes at `offset` of the block once unpacked, and their BLAKE3. `reader` is
-- what reads them, and `reader_version` the version of it that read them last.
CREATE TABLE original (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    block INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    len INTEGER NOT NULL,
    reader TEXT NOT NULL DEFAULT 'telegrams',
    reader_version INTEGER NOT NULL DEFAULT 1
);

-- The user's profiles that originals are read by, as they were written.
CREATE TABLE profile (name TEXT PRIMARY KEY, toml TEXT NOT NULL) WITHOUT ROWID;

-- What the user calls what came in together.
CREATE TABLE collection (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- The books: each file seen, once, and each document in it. Paths that aren't UTF-8 are kept as blobs. `inner` is
-- where in the file a document was, and NULL for the file itself; `at` when it came in, in seconds since 1970.
CREATE TABLE folder (id INTEGER PRIMARY KEY, path NOT NULL);
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    folder INTEGER NOT NULL,
    name NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    state INTEGER NOT NULL,
    original INTEGER,
    reason TEXT,
    inner TEXT,
    collection INTEGER,
    at INTEGER
);
CREATE INDEX file_inner ON file (folder, name, inner) WHERE inner IS NOT NULL;
CREATE INDEX file_original ON file (original) WHERE original IS NOT NULL;

-- Where a document was in another archive, as the export says in which it came: the path there, the BLAKE3 of that file
-- in hexadecimal, and where in it these bytes began.
CREATE TABLE origin (file INTEGER PRIMARY KEY, path TEXT NOT NULL, hash TEXT NOT NULL, start INTEGER NOT NULL);

-- A telegram's card. Lists are one value a line.
CREATE TABLE telegram (
    id INTEGER PRIMARY KEY,
    mrn TEXT,
    serial INTEGER,
    year INTEGER,
    dtg INTEGER,
    post TEXT,
    classification INTEGER,
    precedence INTEGER,
    subject TEXT,
    action TEXT,
    info TEXT,
    captions TEXT,
    tags TEXT,
    signed TEXT,
    cites TEXT,
    present TEXT,
    total INTEGER
);
CREATE INDEX telegram_mrn ON telegram (mrn) WHERE mrn IS NOT NULL;
CREATE INDEX telegram_series ON telegram (post, year, serial) WHERE serial IS NOT NULL;
CREATE INDEX telegram_dtg ON telegram (dtg DESC);

-- Which bytes of which originals a telegram is made of, by the number of its first section there. `copy` is 0,
-- or counts where that section came again with other routing lines.
-- `digest` is the first 16 bytes of the BLAKE3 of those bytes without white space around them.
CREATE TABLE part (
    telegram INTEGER NOT NULL,
    section INTEGER NOT NULL,
    copy INTEGER NOT NULL,
    original INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (telegram, section, copy)
) WITHOUT ROWID;
CREATE INDEX part_digest ON part (digest);
CREATE INDEX part_original ON part (original);

-- Telegrams that a collection brought too, in bytes that aren't kept because the text was here.
CREATE TABLE brought (
    telegram INTEGER NOT NULL,
    collection INTEGER NOT NULL,
    PRIMARY KEY (telegram, collection)
) WITHOUT ROWID;

-- Who cites a number: what is in `telegram.cites`, the other way round.
CREATE TABLE cite (mrn TEXT NOT NULL, telegram INTEGER NOT NULL, PRIMARY KEY (mrn, telegram)) WITHOUT ROWID;

-- Documents of edited volumes: `number` is the volume and the document in it, `own` whether the telegram is that
-- document, or editors' notes on the telegram name it.
CREATE TABLE volume (
    number TEXT NOT NULL,
    own INTEGER NOT NULL,
    telegram INTEGER NOT NULL,
    PRIMARY KEY (number, own, telegram)
) WITHOUT ROWID;
CREATE INDEX volume_telegram ON volume (telegram);

-- Changes that the index may not have yet: to the telegrams from the first to the last.
CREATE TABLE tail (change INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);

-- A telegram's text in 64 small numbers, by which others like it are found, and how many different runs of three
-- words it has. Where there is none, the telegram wasn't set against the others yet.
CREATE TABLE sketch (telegram INTEGER PRIMARY KEY, shingles INTEGER NOT NULL, hashes BLOB NOT NULL);

-- Two telegrams that were set against one another, the one with the lower number first: whether they are copies of
-- one, by which marks, and, in thousandths, what share of the text is in both, and of the shorter text in the other.
CREATE TABLE pair (
    one INTEGER NOT NULL,
    other INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    alike INTEGER NOT NULL,
    within INTEGER NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE INDEX pair_other ON pair (other);

-- What a person decided of two telegrams: that they are copies of one (1), or aren't (0). The last that wasn't taken
-- back holds. Times are seconds since 1970.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    one INTEGER NOT NULL,
    other INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    because TEXT NOT NULL,
    undone_by TEXT,
    undone_at INTEGER,
    undone_because TEXT
);
CREATE INDEX decision_one ON decision (one);
CREATE INDEX decision_other ON decision (other);

-- Searches that the user keeps, and the last telegram that was there when each was last looked at.
CREATE TABLE saved (name TEXT PRIMARY KEY, query TEXT NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;

-- Lists of words and phrases to watch for, and the last telegram that was there when each was last run; and the words
-- and phrases of each, in its order.
CREATE TABLE watchlist (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL);
CREATE TABLE watchword (list INTEGER NOT NULL, place INTEGER NOT NULL, term TEXT NOT NULL, PRIMARY KEY (list, place))
    WITHOUT ROWID;

-- What a person corrected in a record: the field, its value as a telegram prints it (empty: there is none), and, as
-- with decisions, who, when and why. The last of a field that wasn't taken back holds.
CREATE TABLE correction (
    id INTEGER PRIMARY KEY,
    telegram INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    because TEXT NOT NULL,
    undone_by TEXT,
    undone_at INTEGER,
    undone_because TEXT
);
CREATE INDEX correction_telegram ON correction (telegram);
