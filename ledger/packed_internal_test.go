package ledger

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// TestMembers: they are the members of a record's JSON, in its order.
func TestMembers(t *testing.T) {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Record]()) {
		if f.Anonymous {
			continue
		}
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, `"`+name+`":`)
		m := members[len(names)-1]
		assert.Equal(t, names[len(names)-1], m.name)
		assert.Equal(t, option == "", m.must, "%s", name)
	}
	assert.Len(t, names, len(members))
	for at, name := range map[int]string{
		assignmentAt: "assignment_id", claimAt: "claim", baselineAt: "baseline", begunAt: "begun_at", endedAt: "ended_at",
		ofRecord: "key", rewritten[0]: "amount", rewritten[1]: "date", rewritten[2]: "outcome", rewritten[3]: "attempts", rewritten[4]: "status",
	} {
		assert.Equal(t, `"`+name+`":`, members[at].name)
	}
}

// someRecord is a record of random values. Plain ones are those that the ledger
// makes; the others are what a record may hold, too.
func someRecord(random *rand.Rand, plain bool) Record {
	word := func(more ...string) string {
		words := append([]string{"k", "bank/20261120-0042", "6f1f7c5e-0000-4000-8000-000000000001", strings.Repeat("x", 300)}, more...)
		if !plain {
			words = append(words, "ä", "\u2028", `"`, `\`, "<&>", "a,b", `":`, "[", "\x7f", "\t", "=", "assignment/A1")
		}
		return words[random.IntN(len(words))]
	}
	instant := func() time.Time {
		at := time.UnixMicro(random.Int64N(4e15)).UTC()
		if plain {
			return at
		}
		return []time.Time{
			at, at.Add(time.Nanosecond), at.In(time.FixedZone("", 7200)), at.In(time.FixedZone("", -1800)), at.Truncate(time.Second),
			{},
			time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), at.In(time.FixedZone("here", 0)),
		}[random.IntN(8)]
	}
	r := Record{
		JournalKey: JournalKey{word(), word(), word()}, Operation: addEvent, AssignmentID: word(""), InvoiceID: word(""), EventType: maventa.EventType(word("")),
		Digest: word(), Attempt: word(""), BegunAt: instant(), SettleBy: instant(), EventID: word(""), Request: word(""), InCollection: word(""), Attempts: []int{0, 1, 12}[random.IntN(3)], Status: []int{0, 403, -1}[random.IntN(3)],
	}
	amounts := []string{"40.00", "7", "0", "-0.50", "0.000000000000000001", "9223372036854775807"}
	if i := random.IntN(len(amounts) + 2); i < len(amounts) {
		r.Amount = maventa.Some(maventa.MustAmount(amounts[i]))
	} else if i > len(amounts) {
		r.Amount = maventa.Null[maventa.Amount]()
	}
	if random.IntN(2) == 0 {
		r.Date = maventa.MustDate("2024-02-29")
	}
	if n := random.IntN(4); n > 0 {
		r.Baseline = []string{}
		for range n - 1 {
			r.Baseline = append(r.Baseline, word(""))
		}
	}
	if r.Claim = claimOf(&r); random.IntN(4) == 0 {
		r.Claim = word("", "assignment/", "assignment")
	}
	if random.IntN(2) == 0 {
		r.EndedAt, r.Outcome = instant(), []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeNotSent, maventa.OutcomeRejected}[random.IntN(3)]
	}
	return r
}

// bodyOf is the JSON of a record as parse takes it.
func bodyOf(t *testing.T, r *Record) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return text[:len(text)-1]
}

// TestPacked: what is packed comes back, byte by byte of its JSON.
func TestPacked(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5_000 {
		r := someRecord(random, false)
		kept, text, err := packOne(&r)
		require.NoError(t, err)
		require.Equal(t, string(bodyOf(t, &r)), string(bodyOf(t, kept)))
		again, sameText, err := packOne(kept)
		require.NoError(t, err)
		require.Equal(t, text, sameText)
		require.Equal(t, kept, again)
	}
}

// TestPackedLines: a line that is read without encoding/json gives the record that
// it gives with it. Those that the ledger writes are read without.
func TestPackedLines(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	p, known := &packer{}, &index{}
	for i := range 5_000 {
		r := someRecord(random, i%2 == 0)
		require.True(t, checkParse(t, p, known, bodyOf(t, &r)) || i%2 != 0, "%s", bodyOf(t, &r))
		if i%100 == 0 {
			require.NoError(t, known.place(r.JournalKey).keep(&r))
		}
	}
}

// TestPackedLinesStrict: whatever is changed in a line, it is not read without
// encoding/json unless that reads the same.
func TestPackedLinesStrict(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	p, known := &packer{}, &index{}
	parts := []string{"", `"`, ",", "[", "]", "{", "}", ":", " ", "0", "1", "9", "-", "+", ".", "e", "Z", "T", "\\", "\x00", "\xff", "ä", `""`, `"",`, "null", `,"status":1`, `"key":"k",`}
	read := 0
	for range 300 {
		r := someRecord(random, true)
		body := string(bodyOf(t, &r))
		for range 100 {
			at := random.IntN(len(body) + 1)
			changed := body[:at] + parts[random.IntN(len(parts))] + body[min(len(body), at+random.IntN(3)):]
			if checkParse(t, p, known, []byte(changed)) {
				read++
			}
		}
	}
	assert.Greater(t, read, 1_000, "nothing was read at all")
	begun := `{"environment":"stage","company_id":"c","key":"k","operation":"o","digest":"d"`
	for _, member := range []string{
		`"amount":1e3`, `"amount":01`, `"amount":+1`, `"amount":"1"`, `"amount":null`, `"amount":`, `"date":""`, `"date":"2026-02-30"`, `"date":"2026-1-1"`,
		`"baseline":[]`, `"baseline":["a","b"]`, `"baseline":["a",]`, `"baseline":[,]`, `"baseline":["a""b"]`, `"baseline":["a" ]`, `"baseline":null`, `"baseline":[`, `"baseline":["a"`,
		`"settle_by":"2026-11-20T10:00:00.100Z"`, `"settle_by":"2026-11-20T10:00:00+00:00"`, `"settle_by":"2026-11-20T10:00:00+24:00"`, `"settle_by":"2026-11-20 10:00:00Z"`,
		`"settle_by":"2026-11-20T10:00:00,5Z"`, `"settle_by":"0001-01-01T00:00:00Z"`, `"settle_by":"10000-01-01T00:00:00Z"`, `"settle_by":""`, `"settle_by":0`,
		`"outcome":"unknown"`, `"outcome":"appliet"`, `"outcome":"applied"`, `"outcome":""`, `"status":0`, `"status":00`, `"status":+4`, `"status":4.0`, `"status":404`, `"status":"404"`,
		`"status":-0`, `"status":99999999999999999999`, `"claim":""`, `"claim":null`, `"event_id":"x","event_id":"x"`, `"request_id":"r","event_id":"e"`, `"later":1`, ``, `,`,
	} {
		at := `,"begun_at":"2026-11-20T10:00:00Z"`
		for _, line := range []string{begun + at + "," + member, begun + "," + member + at, begun + at + "," + member + ",", begun + "," + member} {
			checkParse(t, p, known, []byte(line))
		}
	}
}

// checkParse asserts that parse reads a line as encoding/json does, or not at all.
func checkParse(t *testing.T, p *packer, known *index, body []byte) (ok bool) {
	t.Helper()
	var fast, slow Record
	text, ok := p.parse(body, known, &fast)
	if !ok {
		return false
	}
	want, err := parseOther(body, &slow)
	require.NoError(t, err, "%s", body)
	require.Equal(t, want, text, "%s", body)
	require.Equal(t, slow, fast, "%s", body)
	return true
}

// TestMemoryUnkept: what cannot be packed is refused, and nothing is changed.
func TestMemoryUnkept(t *testing.T) {
	j := NewMemory()
	r := Record{JournalKey: JournalKey{"stage", "c", "k"}, BegunAt: time.Unix(1, 0).UTC(), SettleBy: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}
	_, claimed, err := j.Begin(t.Context(), r)
	require.ErrorIs(t, err, ErrJournal)
	assert.False(t, claimed)
	r.SettleBy = r.BegunAt
	_, claimed, err = j.Begin(t.Context(), r)
	require.NoError(t, err)
	assert.True(t, claimed)
	r.EndedAt, r.Outcome = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), maventa.OutcomeApplied
	require.ErrorIs(t, j.End(t.Context(), r), ErrJournal)
	stored, found, err := j.Find(t.Context(), r.JournalKey)
	require.NoError(t, err)
	assert.True(t, found && stored.Open())
}

// TestIsPlain tries each byte at each place.
func TestIsPlain(t *testing.T) {
	line := bytes.Repeat([]byte("a"), 19)
	for i := range line {
		for c := range 256 {
			line[i] = byte(c)
			if got, want := isPlain(line), c >= ' ' && c <= '~' && c != '\\'; got != want {
				t.Errorf("byte %#x at %d: %v", c, i, got)
			}
		}
		line[i] = 'a'
	}
}
