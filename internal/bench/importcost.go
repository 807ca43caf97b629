package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// importCost compares two stripped programs of internal/consumer, a user's
// module: one with the SDK, one with net/http and encoding/json alone.
func (b *bench) importCost(ctx context.Context) error {
	const consumer = "../consumer"
	sizes := map[string]int64{}
	for _, name := range []string{"baseline", "sdk"} {
		program := filepath.Join(b.dir, name)
		if _, err := goTool(ctx, consumer, "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./"+name); err != nil {
			return err
		}
		info, err := os.Stat(program)
		if err != nil {
			return err
		}
		sizes[name] = info.Size()
	}
	packages, err := goTool(ctx, consumer, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./sdk")
	if err != nil {
		return err
	}
	foreign := 0
	for p := range strings.FieldsSeq(packages) {
		if !strings.HasPrefix(p, "github.com/maventa-go/maventa") && !strings.HasPrefix(p, "golang.org/x/oauth2") {
			foreign++
		}
	}
	b.table.add(row{what: "import: growth of a stripped binary", unit: "kB", value: float64(sizes["sdk"]-sizes["baseline"]) / 1e3, target: 500, limit: 500})
	b.table.add(row{what: "import: third-party packages besides x/oauth2", unit: count, value: float64(foreign), target: 0, limit: 0})
	return nil
}

func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of our own
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(out), nil
}
