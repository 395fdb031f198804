-- The newest transaction that wrote entries names itself here. Whether a commit was made whose answer was lost is
-- read here, and not asked by its number: after a failover another transaction may have the same.
CREATE TABLE last_commit (id TEXT NOT NULL);
INSERT INTO last_commit VALUES ('');
CREATE UNIQUE INDEX last_commit_is_one_row ON last_commit ((true));
