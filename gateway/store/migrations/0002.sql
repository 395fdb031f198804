-- Who may write: one row. A gateway that takes the lease over makes `tenure` larger, one that connects anew
-- `session`; a commit locks the row against both (FOR KEY SHARE), a beat changes neither and waits for nobody.
CREATE TABLE lease (
    tenure BIGINT NOT NULL,
    session BIGINT NOT NULL,
    holder TEXT NOT NULL,
    beat BIGINT NOT NULL,
    PRIMARY KEY (tenure, session)
);
INSERT INTO lease VALUES (0, 0, '', 0);
CREATE UNIQUE INDEX lease_is_one_row ON lease ((true));
