package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// newerGo is the release whose encoding/json is another implementation. The
// newest one of it is measured beside the Go that runs this program.
const newerGo = "go1.27"

// language is a version of Go and this program built with it.
type language struct {
	name    string   // go1.26.8
	newer   bool     // it has the other encoding/json
	program string   // this program
	env     []string // for the go command
}

// languages returns the Go that runs this program and the newest release of
// newerGo. Without the second one the error says why.
func languages(ctx context.Context, program, dir string) ([]language, error) {
	own := language{name: runtime.Version(), newer: isNewer(runtime.Version()), program: program}
	if own.newer {
		return []language{own}, nil
	}
	versions, err := goTool(ctx, ".", nil, "list", "-m", "-versions", "golang.org/toolchain")
	if err != nil {
		return []language{own}, err
	}
	name := newestOf(strings.Fields(versions), "."+runtime.GOOS+"-"+runtime.GOARCH)
	if name == "" {
		return []language{own}, errors.New("the proxy lists no toolchain of " + newerGo)
	}
	second := language{name: name, newer: true, program: filepath.Join(dir, name), env: []string{"GOTOOLCHAIN=" + name}}
	if _, err := goTool(ctx, ".", second.env, "build", "-o", second.program, "."); err != nil {
		return []language{own}, err
	}
	return []language{own, second}, nil
}

func isNewer(name string) bool {
	return version.Compare(version.Lang(name), newerGo) >= 0
}

// newestOf finds the newest release of newerGo for a system in the versions of
// golang.org/toolchain, such as v0.0.1-go1.27.4.linux-amd64. Candidates are none.
func newestOf(versions []string, system string) string {
	var found []string
	for _, v := range versions {
		name, ok := strings.CutPrefix(strings.TrimSuffix(v, system), "v0.0.1-")
		if ok && strings.HasSuffix(v, system) && version.Lang(name) == newerGo && !strings.Contains(name, "rc") {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.MaxFunc(found, version.Compare)
}

func goTool(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of our own
	cmd.Dir = dir
	cmd.Env = append(append(cmd.Environ(), "CGO_ENABLED=0"), env...)
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, failure.Bytes())
	}
	return string(out), nil
}
