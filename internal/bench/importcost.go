package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// importCost compares two stripped programs of internal/consumer, a user's
// module: one with the SDK, one with net/http and encoding/json alone.
func (b *bench) importCost(ctx context.Context, l language) error {
	const consumer = "../consumer"
	sizes := map[string]int64{}
	for _, name := range []string{"baseline", "sdk"} {
		program := filepath.Join(b.dir, name)
		if _, err := goTool(ctx, consumer, l.env, "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./"+name); err != nil {
			return err
		}
		info, err := os.Stat(program)
		if err != nil {
			return err
		}
		sizes[name] = info.Size()
	}
	packages, err := goTool(ctx, consumer, l.env, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./sdk")
	if err != nil {
		return err
	}
	foreign := 0
	for p := range strings.FieldsSeq(packages) {
		if !strings.HasPrefix(p, "github.com/maventa-go/maventa") && !strings.HasPrefix(p, "golang.org/x/oauth2") {
			foreign++
		}
	}
	b.table.add(row{what: "import: growth of a stripped binary", unit: "B", value: float64(sizes["sdk"] - sizes["baseline"]), target: both(524_288), limit: both(524_288)})
	b.table.add(row{what: "import: third-party packages besides x/oauth2", unit: count, value: float64(foreign), target: both(0), limit: both(0)})
	return nil
}
