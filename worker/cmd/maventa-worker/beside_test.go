package main

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver

	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

// insert writes a payment as an ERP does, with a connection of its own.
func (p *place) insert(t *testing.T, company, key, assignment, amount string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.dir, "maventa.db")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, amount, date)
		VALUES ($1, $2, 'payment', $3, $4, '2026-11-20')`, company, key, assignment, amount)
	require.NoError(t, err)
}

// shown is what status -json shows.
func (p *place) shown(t *testing.T) (o overview) {
	t.Helper()
	code, out, log := p.ends(t, "status", "-json")
	require.Equal(t, 0, code, log)
	require.NoError(t, json.Unmarshal([]byte(out), &o), out)
	return o
}

// until waits until status shows something.
func (p *place) until(t *testing.T, is func(o overview) bool) (o overview) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if o = p.shown(t); is(o) {
			return o
		}
		require.True(t, time.Now().Before(end), "%+v", o)
	}
}

// Looking and deciding work while a worker runs on the file.
func TestBesideAWorker(t *testing.T) {
	p := newPlace(t)
	company := p.srv.Company()
	id := company.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	r := p.runs(t)

	p.insert(t, company.ID(), "bank/1", id, "10.00")
	p.insert(t, company.ID(), "bank/2", id, "ten")
	o := p.until(t, func(o overview) bool { return o.Entries["done"] == 1 && len(o.Refused) == 1 })
	assert.Equal(t, "bank/2", o.Refused[0].Key)
	assert.Contains(t, o.Refused[0].Problem, "amount")
	assert.Len(t, o.Companies, 1)

	// The service refuses a report: a person decides.
	p.srv.Inject(maventatest.Status(http.StatusUnprocessableEntity).On("Assignments.AddEvent"))
	p.insert(t, company.ID(), "bank/3", id, "20.00")
	o = p.until(t, func(o overview) bool { return len(o.Work) == 1 })
	assert.Equal(t, "bank/3", o.Work[0].Key)
	code, out, _ := p.ends(t, "status")
	assert.Equal(t, 0, code)
	for _, part := range []string{"done 1, held 1, queued 0", "1 rows were refused", "Work list  1 open", "Nothing was changed.", "decide -company " + company.ID() + " -key bank/3"} {
		assert.Contains(t, out, part)
	}

	decide := []string{"decide", "-company", company.ID(), "-key", "bank/3", "-who", "Anna", "-why", "asked"}
	for _, wrong := range []struct {
		args []string
		code int
	}{
		{decide, 64},
		{append(decide, "adopt"), 64},                 // which event?
		{append(decide, "adopt", "-event", "e1"), 65}, // no event is in question
		{append(decide, "perhaps"), 64},
		{[]string{"status", "-company", "nobody"}, 65},
		{append(decide, "again", "drop"), 64},
		{[]string{"decide", "-company", company.ID(), "-key", "bank/9", "-who", "Anna", "-why", "asked", "drop"}, 65},
		{[]string{"decide", "-key", "bank/3", "-why", "asked", "drop"}, 64},
		{[]string{"revive", "-company", company.ID()}, 65}, // it is not set aside
	} {
		code, _, log := p.ends(t, wrong.args...)
		assert.Equal(t, wrong.code, code, "%v: %s", wrong.args, log)
	}
	code, out, log := p.ends(t, append([]string{"decide", "again"}, decide[1:]...)...) // the word may stand anywhere
	require.Equal(t, 0, code, log)
	assert.Contains(t, out, "Stored")

	code, _, log = p.ends(t, "pause", "-who", "Anna", "-why", "the bank's file is wrong")
	require.Equal(t, 0, code, log)
	assert.Contains(t, p.shown(t).Paused, "the bank's file is wrong, by Anna")
	code, _, log = p.ends(t, "resume", "-who", "Anna", "-why", "it is right")
	require.Equal(t, 0, code, log)
	assert.Empty(t, p.shown(t).Paused)

	status, metrics := get(t, r.url+"/metrics")
	assert.Equal(t, http.StatusOK, status)
	for _, part := range []string{
		`maventa_worker_sent_total{kind="payment",result="done"} 1`, `maventa_worker_companies{state="active"} 1`, "maventa_worker_intake_refused 1",
		"maventa_worker_database_ok 1", `maventa_worker_requests_total{operation="Assignments.AddEvent",outcome="applied",status="201"}`,
	} {
		assert.Contains(t, metrics, part)
	}
	assert.NotContains(t, metrics, company.ID())
	assert.NotContains(t, r.log.String(), p.srv.UserAPIKey())
}

// Other keys in the file count within seconds. A file that cannot be used changes nothing.
func TestCompaniesAreReadAgain(t *testing.T) {
	p := newPlace(t)
	second := p.srv.AddCompany("Toinen Oy", "7654321-0")
	path := filepath.Join(p.dir, "keys.json")
	write := func(list ...keysOf) {
		text, err := json.Marshal(list)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path+".new", text, 0o600))
		require.NoError(t, os.Rename(path+".new", path))
	}
	one := keysOf{p.srv.CompanyID(), p.srv.UserAPIKey(), "wrong", ""}
	write(one)
	r := p.runs(t, "-companies", path)
	o := p.until(t, func(o overview) bool { return o.Companies[0].State == "aside" })
	assert.NotEmpty(t, o.Companies[0].Reason)

	one.VendorAPIKey = p.srv.VendorAPIKey()
	write(one, keysOf{second.ID(), second.UserAPIKey(), second.VendorAPIKey(), "7654321-0"})
	p.until(t, func(o overview) bool {
		return len(o.Companies) == 2 && o.Companies[0].State == "active" && o.Companies[1].State == "active"
	})
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	time.Sleep(2 * reloadEvery)
	assert.Len(t, p.shown(t).Companies, 2)
	assert.NoError(t, r.Process.Signal(os.Interrupt))
	code, _ := r.ended(t)
	assert.Equal(t, 0, code)
	assert.Contains(t, r.log.String(), "left as they were")
	assert.NotContains(t, r.log.String(), second.UserAPIKey())
}

func TestOffboard(t *testing.T) {
	p := newPlace(t)
	company := p.srv.Company()
	company.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	p.runs(t)
	args := []string{"offboard", "-company", company.ID(), "-who", "Anna", "-why", "it left us", "-export", "held.jsonl"}
	code, out, log := p.ends(t, args...)
	require.Equal(t, 0, code, log)
	var left worker.Offboarding
	require.NoError(t, json.Unmarshal([]byte(out), &left))
	assert.Len(t, left.Cases, 1)
	held, err := os.ReadFile(filepath.Join(p.dir, "held.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(held), company.ID())
	assert.Equal(t, "gone", p.shown(t).Companies[0].State)
	code, _, _ = p.ends(t, args...) // the file is there
	assert.Equal(t, 64, code)
}

func TestStatusMakesNoDatabase(t *testing.T) {
	p := newPlace(t)
	code, _, _ := p.ends(t, "status")
	assert.Equal(t, 78, code)
	assert.NoFileExists(t, filepath.Join(p.dir, "maventa.db"))
}

// TestStatusOfADatabaseTakenOver: who has restored a backup sees in status why nothing
// is sent, and for how long. Only who may have a copy is sent to takeover.
func TestStatusOfADatabaseTakenOver(t *testing.T) {
	p := newPlace(t)
	company := p.srv.Company()
	id := company.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	r := p.runs(t)
	p.insert(t, company.ID(), "bank/1", id, "10.00")
	p.until(t, func(o overview) bool { return o.Entries["done"] == 1 })
	assert.Empty(t, p.shown(t).Database)
	require.NoError(t, r.Process.Kill())
	<-r.done

	code, _, log := p.with("MAVENTA_ENVIRONMENT=test").ends(t, "run", "-listen", "127.0.0.1:0")
	assert.Equal(t, 78, code)
	assert.NotContains(t, log, "takeover")

	require.NoError(t, os.Remove(filepath.Join(p.dir, "marker")))
	code, _, log = p.ends(t, "run", "-listen", "127.0.0.1:0")
	assert.Equal(t, 78, code)
	assert.Contains(t, log, "maventa-worker takeover")
	assert.Contains(t, p.shown(t).Database, "nothing is sent: ")

	code, _, log = p.ends(t, "takeover", "-why", "a test", "-settle", "30m")
	require.Equal(t, 0, code, log)
	_, out, _ := p.ends(t, "status")
	assert.Contains(t, out, "taken over: nothing is sent until 20")
	left, err := time.Parse(time.RFC3339, out[strings.Index(out, "until ")+len("until "):][:len("2026-11-20T10:00:00Z")])
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(30*time.Minute), left, time.Minute)
}
