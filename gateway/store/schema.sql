-- What changes here changes SCHEMA_VERSION in sqlite_open.py, which says which versions are brought up
-- to date; a fixture of an older one is in tests/data/stores (docs/operate/upgrade.md).
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    checkpoint TEXT NOT NULL,
    whole INTEGER NOT NULL,
    redacted INTEGER NOT NULL,
    withheld INTEGER NOT NULL,
    quarantined INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE IF NOT EXISTS entry (
    offset INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    leaf BLOB,
    type INTEGER NOT NULL,
    disposition INTEGER NOT NULL,
    received INTEGER NOT NULL,
    digest BLOB
);
CREATE UNIQUE INDEX IF NOT EXISTS entry_by_index ON entry (log, idx);

CREATE TABLE IF NOT EXISTS naming (
    message_id BLOB NOT NULL,
    log INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (message_id, log, offset)
) WITHOUT ROWID;

-- Objections (数据异议) by the message objected to; offset is that of the objection, or of an answer to one.
CREATE TABLE IF NOT EXISTS about (
    message_id BLOB NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (message_id, offset)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS entity (
    type INTEGER NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (type, entity_id)
) WITHOUT ROWID;

-- own entries that may go ahead of others, by priority (1 life safety, 2 urgent)
CREATE TABLE IF NOT EXISTS urgent (
    log INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    PRIMARY KEY (log, priority, idx)
) WITHOUT ROWID;

-- entries that lie beyond what is held of their log without a gap, with what proves each of them
CREATE TABLE IF NOT EXISTS ahead (
    log INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    path BLOB NOT NULL,
    PRIMARY KEY (log, idx)
) WITHOUT ROWID;

-- id = offset * 64 + place in the entry. Rows are appended in that order and never moved or deleted:
-- a disclosure is destroyed by zeros of the same length in its place, so that no page keeps a copy.
-- See docs/decisions/2026-11-25-erasure.md.
CREATE TABLE IF NOT EXISTS disclosure (
    id INTEGER PRIMARY KEY,
    grp TEXT NOT NULL,
    data BLOB NOT NULL,
    offset INTEGER AS (id / 64) VIRTUAL
);

-- Which disclosures were destroyed, when, and by which notice (16 bytes of its message_id; for those also
-- in term_over, of an activation; empty: not by us, but lost with a disk and held by no peer). Group ''
-- with no notice: the own entry itself is lost but for its hash, as a recovery found.
CREATE TABLE IF NOT EXISTS erased (
    offset INTEGER NOT NULL,
    grp TEXT NOT NULL,
    time INTEGER NOT NULL,
    notice BLOB NOT NULL,
    PRIMARY KEY (offset, grp)
) WITHOUT ROWID;

-- Which of those are a peer's and were destroyed since a clause's term was over; beside it in erased stands
-- the message_id of the entry that brought the clause ("agreement/clause") into force.
CREATE TABLE IF NOT EXISTS term_over (
    offset INTEGER NOT NULL,
    grp TEXT NOT NULL,
    clause TEXT NOT NULL,
    PRIMARY KEY (offset, grp)
) WITHOUT ROWID;

-- Peers' erasure notices that this gateway has yet to act on.
CREATE TABLE IF NOT EXISTS duty (offset INTEGER PRIMARY KEY);

-- What was given to which peer and when (对外提供记录): entries [start, stop) of the own log. The digest
-- is that of the other columns, since nothing else in the store could tell that one was changed.
CREATE TABLE IF NOT EXISTS provision (
    peer TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    agreements TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (peer, start)
) WITHOUT ROWID;

-- Found in the entries up to meta's traced_to: how incidents stand, own notices, peers' confirmations.
CREATE TABLE IF NOT EXISTS incident (
    entity_id TEXT NOT NULL,
    log INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (entity_id, log)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notice (message_id BLOB PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS confirmation (
    notice BLOB NOT NULL,
    peer TEXT NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (notice, peer)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS node (
    log INTEGER NOT NULL,
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (log, level, idx)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cosigned (
    log INTEGER NOT NULL,
    cosigner TEXT NOT NULL,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (log, cosigner)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cursor (
    system TEXT NOT NULL,
    name TEXT NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (system, name)
) WITHOUT ROWID;

-- activations of agreements in every log, as far as they are readable here
CREATE TABLE IF NOT EXISTS activation (
    log INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (log, idx)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY,
    log TEXT NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS settled (
    alarm INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    settler TEXT NOT NULL,
    note TEXT NOT NULL
);
