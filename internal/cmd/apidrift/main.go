// Command apidrift compares the SDK with the description of Maventa's APIs, so
// that whoever has access to a newer one learns in one run what differs:
//
//	go run . -swagger FILE_OR_URL [-receivables FILE_OR_URL]
//
// The descriptions are Swagger 2.0 or OpenAPI 3, in JSON or YAML. What the SDK
// sends is not read from its source but seen: every method is called with all
// its arguments filled in, and then with each of them missing. What it reads
// are the JSON tags of its results.
//
// Without -swagger the SDK is compared with the facts of Maventa's Swagger file
// that are committed as testdata/ax-facts.json, and these with the file or URL
// in MAVENTA_SWAGGER, if that is set. The exit status is 1 where something
// differs that known.json does not explain, or an entry there explains nothing,
// and 2 where the comparison could not be made.
//
//	go run . -swagger FILE_OR_URL -facts    writes testdata/ax-facts.json
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

const factsFile = "testdata/ax-facts.json"

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv("MAVENTA_SWAGGER"), observe, os.Stdout, os.Stderr))
}

// settings are the command line.
type settings struct {
	root        string
	swagger     string
	receivables string
	newer       string // MAVENTA_SWAGGER
	facts       bool
	verbose     bool
	observe     observation
}

// observation is how the SDK is looked at; tests do it once for all.
type observation func(ctx context.Context, root string) ([]sdkCall, error)

// observe looks at the SDK whose source is in root.
func observe(ctx context.Context, root string) ([]sdkCall, error) {
	values, err := constants(root)
	if err != nil {
		return nil, err
	}
	return (&observer{constants: values}).all(ctx), nil
}

func run(ctx context.Context, args []string, newer string, look observation, stdout, stderr io.Writer) int {
	s := settings{newer: newer, observe: look}
	flags := flag.NewFlagSet("apidrift", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.root, "root", filepath.FromSlash("../../.."), "directory of the SDK's module")
	flags.StringVar(&s.swagger, "swagger", "", "Swagger or OpenAPI `file or URL` of AX; empty: "+factsFile)
	flags.StringVar(&s.receivables, "receivables", "", "OpenAPI or Swagger `file or URL` of the Receivables API")
	flags.BoolVar(&s.facts, "facts", false, "write "+factsFile+" from -swagger")
	flags.BoolVar(&s.verbose, "v", false, "show notes too: what is worth knowing and needs no change")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(stderr, "apidrift: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	var out bytes.Buffer
	differs, err := s.run(ctx, &out)
	_, _ = stdout.Write(out.Bytes())
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "apidrift:", err)
		return 2
	case differs:
		return 1
	}
	return 0
}

func (s *settings) run(ctx context.Context, out *bytes.Buffer) (differs bool, err error) {
	ax, source, err := s.ax(ctx)
	if err != nil {
		return false, err
	}
	if s.facts {
		if s.swagger == "" {
			return false, errors.New("-facts needs -swagger")
		}
		data, err := marshalFacts(ax)
		if err != nil {
			return false, err
		}
		return false, s.write(out, factsFile, data)
	}
	var receivables *spec
	if s.receivables != "" {
		if receivables, err = load(ctx, s.locate(s.receivables)); err != nil {
			return false, err
		}
	}
	entries, err := readKnown(knownJSON)
	if err != nil {
		return false, err
	}
	calls, err := s.observe(ctx, s.root)
	if err != nil {
		return false, err
	}
	r := &report{out: out, verbose: s.verbose}
	s.compare(r, calls, ax, receivables, source, entries)
	changes, err := s.newerFile(ctx, r, ax)
	return r.unexplained > 0 || r.stale > 0 || changes > 0, err
}

// ax is the description that the SDK is compared with.
func (s *settings) ax(ctx context.Context) (found *spec, source string, err error) {
	if s.swagger != "" {
		found, err = load(ctx, s.locate(s.swagger))
		return found, s.swagger, err
	}
	found, err = readFacts(s.path(factsFile))
	return found, factsFile, err
}

func (s *settings) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// locate finds a file that is named from the SDK's directory, where "go -C"
// was called from, though the command runs in its own.
func (s *settings) locate(where string) string {
	if filepath.IsAbs(where) {
		return where
	}
	if _, err := os.Stat(where); err == nil {
		return where
	}
	if _, err := os.Stat(s.path(where)); err == nil {
		return s.path(where)
	}
	return where // a URL, or an error that names it
}

func (s *settings) write(out *bytes.Buffer, name string, data []byte) error {
	if err := os.WriteFile(s.path(name), data, 0o644); err != nil { //nolint:gosec // documentation and test data are for everyone
		return err
	}
	_, _ = fmt.Fprintf(out, "wrote %s\n", name)
	return nil
}

func (s *settings) compare(r *report, calls []sdkCall, ax, receivables *spec, source string, entries []known) {
	specs := map[operation.API]*spec{operation.AutoXChange: ax}
	list := compare(calls, ax, operation.AutoXChange)
	var more []difference
	if receivables != nil {
		specs[operation.Receivables] = receivables
		more = compare(calls, receivables, operation.Receivables)
	}
	all := append(list, more...) //nolint:gocritic // list and more stay parts of it
	stale := excuse(all, entries, func(api operation.API) bool { return specs[api] != nil })
	list, more = all[:len(list)], all[len(list):]

	r.printf("AX: the SDK against %s %s (%s)\n", ax.Title, ax.Version, source)
	r.differences(list)
	if receivables == nil {
		r.heading("Receivables API: NOT RUN (no description of it is public; give one with -receivables)")
	} else {
		r.heading("Receivables API: the SDK against %s %s (%s)", receivables.Title, receivables.Version, s.receivables)
		r.differences(more)
	}
	r.reasons(all)
	r.staleEntries(stale)
	counts := r.inferred(judge(calls, specs))
	r.heading("%d unexplained differences, %d known, %d stale entries, %d notes%s; inferred facts: %d contradicted, %d confirmed, %d still open",
		r.unexplained, r.explained, r.stale, r.notes, either(r.verbose || r.notes == 0, "", " (-v shows them)"),
		counts[contradicted], counts[confirmed], counts[open])
}

// newerFile compares the committed facts with the file that MAVENTA_SWAGGER
// names.
func (s *settings) newerFile(ctx context.Context, r *report, committed *spec) (changes int, err error) {
	if s.swagger != "" {
		return 0, nil
	}
	if s.newer == "" {
		r.printf("%s against Maventa's Swagger: NOT RUN (MAVENTA_SWAGGER is not set)\n", factsFile)
		return 0, nil
	}
	now, err := load(ctx, s.locate(s.newer))
	if err != nil {
		return 0, fmt.Errorf("MAVENTA_SWAGGER: %w", err)
	}
	list := versions(committed, now)
	r.printf("%s (%s) against MAVENTA_SWAGGER (%s): %d changes\n", factsFile, committed.Version, now.Version, len(list))
	if len(list) > 0 {
		r.printf("  %s\n", strings.Join(list, "\n  "))
	}
	return len(list), nil
}
