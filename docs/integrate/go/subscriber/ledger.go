package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
)

// ledger knows which messages were dealt with. It stands for a table of your database with
// message_id as its key, written in the transaction that does the work itself.
type ledger struct {
	file *os.File
	done map[string]bool
}

func openLedger(path string) (*ledger, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, fs.FileMode(0o600))
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		done[lines.Text()] = true
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &ledger{file, done}, nil
}

func (l *ledger) has(messageID string) bool { return l.done[messageID] }

// record is durable on return, so that a batch may be acknowledged after it.
func (l *ledger) record(messageIDs []string) error {
	for _, id := range messageIDs {
		if _, err := l.file.WriteString(id + "\n"); err != nil {
			return err
		}
		l.done[id] = true
	}
	return l.file.Sync()
}

func (l *ledger) close() error { return l.file.Close() }
