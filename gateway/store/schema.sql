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

CREATE TABLE IF NOT EXISTS entity (
    type INTEGER NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (type, entity_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS disclosure (
    offset INTEGER NOT NULL,
    grp TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (offset, grp)
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

CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY,
    log TEXT NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    data BLOB NOT NULL
);
