// Codec tries this language's protobuf library on sample drafts: codec IN OUT.
//
// Reads every IN/<name>.json (ProtoJSON) and, where it is there, IN/<name>.binpb; both must be the same
// draft. Writes OUT/<name>.binpb and OUT/<name>.json again. Exit status: 0 all agree, 1 otherwise.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	exchangepb "province.example/exchange/gen/yrd/exchange/v1"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: codec IN OUT")
		os.Exit(2)
	}
	in, out := os.Args[1], os.Args[2]
	files, err := filepath.Glob(filepath.Join(in, "*.json"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no *.json", in)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	wrong := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if err := convert(filepath.Join(in, name), filepath.Join(out, name)); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			wrong++
		}
	}
	fmt.Printf("%d of %d drafts agree\n", len(files)-wrong, len(files))
	if wrong > 0 {
		os.Exit(1)
	}
}

// convert takes paths without their suffix.
func convert(in, out string) error {
	text, err := os.ReadFile(in + ".json")
	if err != nil {
		return err
	}
	draft := &exchangepb.Draft{}
	if err := protojson.Unmarshal(text, draft); err != nil {
		return err
	}
	if bytes, err := os.ReadFile(in + ".binpb"); err == nil {
		binary := &exchangepb.Draft{}
		if err := proto.Unmarshal(bytes, binary); err != nil {
			return err
		}
		if !proto.Equal(draft, binary) {
			return fmt.Errorf("the binary form is another draft:\n%v", binary)
		}
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(draft)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out+".binpb", bytes, 0o600); err != nil {
		return err
	}
	if text, err = protojson.Marshal(draft); err != nil {
		return err
	}
	return os.WriteFile(out+".json", text, 0o600)
}
