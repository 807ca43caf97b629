package pagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// binary is the sandbox, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sandbox-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system's temporary folder at worst
	binary = filepath.Join(dir, "sandbox.exe")
	build := exec.CommandContext(context.Background(), "go", "-C", "../..", "build", "-o", binary, "./cmd/maventa-sandbox")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// sandbox is a process of its own on free ports, with the demo seed.
type sandbox struct {
	Page           string `json:"page"`
	AutoXChangeURL string `json:"autoxchange_url"`
	ReceivablesURL string `json:"receivables_url"`
	CompanyID      string `json:"company_id"`
	UserAPIKey     string `json:"user_api_key"`
	VendorAPIKey   string `json:"vendor_api_key"`

	token string
}

func startSandbox(t *testing.T) *sandbox {
	t.Helper()
	const anyPort = "127.0.0.1:0"
	cmd := exec.CommandContext(t.Context(), binary, "-page", anyPort, "-ax", anyPort, "-receivables", anyPort, "-json")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // the end of the test's context has killed it
	s := &sandbox{}
	require.NoError(t, json.NewDecoder(out).Decode(s))
	s.logIn(t)
	return s
}

// logIn gets a token, as an ERP does.
func (s *sandbox) logIn(t *testing.T) {
	t.Helper()
	_, body, err := s.send(t, http.MethodPost, s.AutoXChangeURL+"/oauth2/token", "application/x-www-form-urlencoded", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.CompanyID}, "client_secret": {s.UserAPIKey},
		"vendor_api_key": {s.VendorAPIKey}, "scope": {"global company invoice:send receivables:assignments"},
	}.Encode())
	require.NoError(t, err)
	var answer struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(body, &answer))
	require.NotEmpty(t, answer.Token)
	s.token = answer.Token
}

func (s *sandbox) send(t *testing.T, method, address, contentType, body string) (int, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", contentType)
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, res.Body.Close())
	return res.StatusCode, answer, err
}

// do runs an action as a program does and returns what came of it.
func (s *sandbox) do(t *testing.T, action string, fields map[string]string) map[string]string {
	t.Helper()
	body, err := json.Marshal(fields)
	require.NoError(t, err)
	status, answer, err := s.send(t, http.MethodPost, s.Page+"/do/"+action, "application/json", string(body))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "%s: %s", action, answer)
	done := map[string]string{}
	require.NoError(t, json.Unmarshal(answer, &done))
	return done
}

// get reads one of the calls for programs.
func (s *sandbox) get(t *testing.T, path string, into any) {
	t.Helper()
	status, answer, err := s.send(t, http.MethodGet, s.Page+path, "", "")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, json.NewDecoder(bytes.NewReader(answer)).Decode(into))
}

type state struct {
	Today     string
	Companies []struct {
		ID          string
		Invoices    []struct{ ID, Number string }
		Assignments []assignment
	}
}

type assignment struct {
	ID     string
	Events []struct{ ID, Type, Author, Amount string }
}

func (s *sandbox) state(t *testing.T) state {
	t.Helper()
	var st state
	s.get(t, "/state.json", &st)
	return st
}

// open is the demo's assignment with a reminder and a question.
func (s *sandbox) open(t *testing.T) assignment {
	t.Helper()
	all := s.state(t).Companies[0].Assignments
	require.NotEmpty(t, all)
	for _, x := range all {
		if len(x.Events) == 2 {
			return x
		}
	}
	require.FailNow(t, "the demo has no assignment with two events")
	return assignment{}
}

// report tells the agency of a payment, as an ERP does. The answer may be lost.
func (s *sandbox) report(t *testing.T, assignment, amount string) error {
	t.Helper()
	_, _, err := s.send(t, http.MethodPost, s.ReceivablesURL+"/v1/assignments/"+assignment+"/events", "application/json",
		fmt.Sprintf(`{"type":"paid","amount":%s,"date":%q}`, amount, s.state(t).Today))
	return err
}

// dropAnswer lets the ERP report a payment whose answer gets lost, and returns the
// number of that request.
func (s *sandbox) dropAnswer(t *testing.T, assignment string) int {
	t.Helper()
	s.do(t, "pay-company", map[string]string{"assignment": assignment, "amount": "50.00"})
	s.do(t, "fault", map[string]string{"fault": "DropAfterCommit", "on": "Assignments.AddEvent"})
	require.Error(t, s.report(t, assignment, "50.00"))
	var requests []struct{ Number int }
	s.get(t, "/requests.json?op=Assignments.AddEvent", &requests)
	require.NotEmpty(t, requests)
	return requests[len(requests)-1].Number
}
