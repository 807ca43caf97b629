package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBadFlags(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	seed := func(text string) string {
		name := filepath.Join(t.TempDir(), "seed.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	free := []string{"-page", "127.0.0.1:0", "-ax", "127.0.0.1:0", "-receivables", "127.0.0.1:0"}
	for args, want := range map[string]string{
		"-page 0.0.0.0:8700":                    "is no loopback address",
		"-page example.com:80":                  "is no loopback address",
		"-page 8700":                            "want host and port",
		"-ax 192.0.2.1:0":                       "is no loopback address",
		"-receivables :0":                       "is no loopback address",
		"-page " + busy.Addr().String():         "address already in use",
		"-ax " + busy.Addr().String():           "address already in use",
		"-today soon":                           `-today "soon": want YYYY-MM-DD`,
		"-kyc-days -2":                          "-kyc-days -2",
		"-kyc-days x":                           "invalid value",
		"-wire morse":                           `-wire "morse": want one of default, `,
		"-lag 2h":                               "-lag 2h0m0s",
		"-log 0":                                "-log 0",
		"-nothing":                              "-help lists the flags",
		"more":                                  `"more" is no flag`,
		"-seed none.json":                       "no such file",
		"-seed " + seed(`{}`):                   "seed.json:1: want a list of actions",
		"-seed " + seed("[\n\n{\"do\":\"x\"}]"): `seed.json:3: do: there is no such action: "x"`,
		"-seed " + seed("[\n{\"do\":\"add-invoice\",\"company\":\"$first\",\"total\":\"much\"}]"): `seed.json:2: add-invoice: total: "much" is not an amount such as 124.00`,
		"-seed " + seed("[{\"do\":\"advance\"},\n {\"do\":\"close\",\"assignment\":\"$none\"}]"):  `seed.json:2: assignment: nothing is named "none" before`,
		"-seed " + seed("[{\"do\":\"advance\"},\n {\"do\":\"advance\",\"days\":[1]}]"):            "seed.json:2: days: want a text or a number",
		"-seed " + seed("[{\"do\":\"advance\"},\n {\"do\":\"advance\",\"day\":1}]"):               `seed.json:2: advance: there is no field "day"`,
		"-seed " + seed("[{\"do\":\"advance\"},\n {\"do\""):                                       "seed.json:2: ",
		"-seed " + seed("[{\"do\":\"advance\"}\n"):                                                "seed.json:2: the list does not end",
		"-seed " + seed(`[{"do":"reset"}]`):                                                       "there is no such action",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := run(ctx, append(append([]string(nil), free...), strings.Fields(args)...), &bytes.Buffer{})
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// TestRun starts and ends as Ctrl-C ends it.
func TestRun(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		out := &announced{text: make(chan string, 1)}
		ended := make(chan error, 1)
		args := []string{"-page", "127.0.0.1:0", "-ax", "127.0.0.1:0", "-receivables", "127.0.0.1:0"}
		if asJSON {
			args = append(args, "-json")
		}
		go func() { ended <- run(ctx, args, out) }()
		text := <-out.text
		if asJSON {
			var c connection
			if err := json.Unmarshal([]byte(text), &c); err != nil || c.Page == "" || c.VendorAPIKey == "" {
				t.Errorf("%v in %s", err, text)
			}
		} else if !strings.Contains(text, "curl -s http://127.0.0.1:") || !strings.Contains(text, "/oauth2/token") {
			t.Errorf("no curl in %s", text)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

type announced struct{ text chan string }

func (a *announced) Write(p []byte) (int, error) {
	a.text <- string(p)
	return len(p), nil
}
