// Verifies a folder of evidence with a C2SP verifier that is not ours: the log's signature, every
// cosignature, and that the leaf is in the tree. Usage: verify FOLDER ORIGIN
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tlog "github.com/transparency-dev/formats/log"
	formats "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := verify(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func verify(folder, origin string) error {
	leaf, err := os.ReadFile(filepath.Join(folder, "leaf"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, "proof.tlog-proof"))
	if err != nil {
		return err
	}
	log, witnesses, err := keys(filepath.Join(folder, "keys"), origin)
	if err != nil {
		return err
	}
	var entry proof.TLogProof
	if err := entry.Unmarshal(text); err != nil {
		return err
	}
	checkpoint, _, signed, err := tlog.ParseCheckpoint(entry.Checkpoint, origin, log, witnesses...)
	if err != nil {
		return err
	}
	if len(signed.Sigs) != 1+len(witnesses) || len(signed.UnverifiedSigs) != 0 {
		return fmt.Errorf("%d good signatures, %d keys", len(signed.Sigs), 1+len(witnesses))
	}
	path := make([][]byte, len(entry.Hashes))
	for i := range entry.Hashes {
		path[i] = entry.Hashes[i][:]
	}
	hasher := rfc6962.DefaultHasher
	err = merkle.VerifyInclusion(
		hasher, entry.Index, checkpoint.Size, hasher.HashLeaf(leaf), path, checkpoint.Hash)
	if err != nil {
		return err
	}
	fmt.Printf("%s entry %d of %d, %d cosignatures\n", origin, entry.Index, checkpoint.Size, len(witnesses))
	return nil
}

// keys reads the log's verifier key (0x01) and those of its cosigners (0x04).
func keys(folder, origin string) (log note.Verifier, witnesses []note.Verifier, err error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.vkey"))
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		text := strings.TrimSuffix(string(data), "\n")
		if strings.HasPrefix(text, origin+"+") {
			if log, err = note.NewVerifier(text); err != nil {
				return nil, nil, err
			}
			continue
		}
		witness, err := formats.NewVerifierForCosignatureV1(text)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		witnesses = append(witnesses, witness)
	}
	if log == nil {
		return nil, nil, fmt.Errorf("no key of %s", origin)
	}
	return log, witnesses, nil
}
