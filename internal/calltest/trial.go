package calltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// MatrixScore is what the trials of the matrix add up to.
type MatrixScore struct {
	mu           sync.Mutex
	refusedTwice []string

	Trials       int      // all
	Counted      int      // those of AddEvent that other clients were measured with
	Duplicates   []string // caused by the SDK
	FalseSuccess []string
	FalseClaims  []string // definite and wrong
	TooMany      []string // requests beyond what is allowed
	Strays       []string
	Secrets      []string
	Panics       []string
	Late         []string
	Definite     map[string]int // by call
	Missing      []string       // AddEvent not definite where it can be
	notApart     []string       // the network delivered twice, and the second answer misleads
	Worst        time.Duration  // overshoot of a deadline
}

func (s *MatrixScore) add(list *[]string, format string, args ...any) {
	*list = append(*list, fmt.Sprintf(format, args...))
}

// AssertNotApart asserts which calls nobody can tell apart: the second delivery
// of those that are refused twice is refused as one too many, and that the first
// one acted cannot be seen in the refusal.
func (s *MatrixScore) AssertNotApart(t *testing.T) {
	assert.Len(t, s.notApart, 2*len(s.refusedTwice), "%s", s.notApart)
	for _, call := range s.notApart {
		op, _, _ := strings.Cut(call, " ")
		assert.Contains(t, s.refusedTwice, op, call)
	}
}

// trial makes one call under one fault and judges it.
type trial struct {
	t       *testing.T
	score   *MatrixScore
	srv     *maventatest.Server
	client  *maventa.Client
	call    Case
	fault   MatrixFault
	reused  bool
	timeout time.Duration
	slack   time.Duration // how late a deadline may be noticed
	settle  time.Duration // until everything under way has arrived
}

func (tr *trial) name() string {
	connection := "fresh"
	if tr.reused {
		connection = "reused"
	}
	return fmt.Sprintf("%s %s %s (%s)", tr.call.Name, tr.fault.ID, connection, tr.fault.What)
}

func (tr *trial) run() {
	ids := tr.call.prepare(tr.srv)
	before, arrived := tr.call.effects(tr.srv, ids), tr.srv.Count(tr.call.Name)

	// A connection that is open, and perhaps not any more.
	_, err := tr.client.Ropo.Status(tr.t.Context())
	require.NoError(tr.t, err)
	_, err = tr.client.Assignments.Overview(tr.t.Context())
	require.NoError(tr.t, err)
	if !tr.reused {
		tr.client.CloseIdleConnections()
	}
	if tr.fault.Fault.String() == "" {
		tr.srv.RefuseConnections(1)
	} else {
		tr.srv.Inject(tr.fault.Fault.On(tr.call.Name))
	}

	var reused []bool
	ctx := httptrace.WithClientTrace(tr.t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { reused = append(reused, info.Reused) },
	})
	ctx, cancel := context.WithTimeout(ctx, tr.timeout)
	defer cancel()
	start := time.Now()
	var panicked any
	func() {
		defer func() { panicked = recover() }()
		var v any
		v, err = tr.call.Call(ctx, tr.client, ids...)
		if v == nil && err == nil {
			err = errors.New("nil, nil")
		}
	}()
	late := time.Since(start) - tr.timeout
	if tr.fault.ID == "F01" && tr.call.once() {
		assert.Empty(tr.t, reused, "%s: it was sent again", tr.name())
	} else if assert.NotEmpty(tr.t, reused, "%s: no connection was used: %v", tr.name(), err) && tr.fault.ID != "F01" {
		assert.Equal(tr.t, tr.reused, reused[0], "%s: the connection", tr.name())
	}
	assert.Zero(tr.t, tr.srv.PendingFaults(), "%s: the fault met no call: %v", tr.name(), err)
	time.Sleep(tr.settle)
	tr.judge(err, tr.call.effects(tr.srv, ids)-before, tr.srv.Count(tr.call.Name)-arrived, late, panicked)
}

// judge compares what the caller learned with what was done.
func (tr *trial) judge(err error, effects, posts int, late time.Duration, panicked any) {
	s := tr.score
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Trials++
	claim := "success"
	definite := err == nil
	if err != nil {
		var e *maventa.Error
		if !errors.As(err, &e) {
			tr.t.Errorf("%s: not an *Error: %v", tr.name(), err)
			return
		}
		claim, definite = e.Outcome.String(), e.Outcome != maventa.OutcomeUnknown
		if definite == errors.Is(err, maventa.ErrOutcomeUnknown) {
			s.add(&s.FalseClaims, "%s: ErrOutcomeUnknown does not go with %s", tr.name(), claim)
		}
		if leak := Leaked(err, tr.srv); leak != "" {
			s.add(&s.Secrets, "%s: %s", tr.name(), leak)
		}
	}
	claimsEffect := err == nil || claim == "applied"
	switch {
	case panicked != nil:
		s.add(&s.Panics, "%s: %v", tr.name(), panicked)
	case err == nil && effects == 0:
		s.add(&s.FalseSuccess, "%s", tr.name())
	case definite && claimsEffect != (effects > 0):
		if tr.fault.Network { // a refusal of the second delivery, where the first one acted
			s.add(&s.notApart, "%s: claims %s", tr.name(), claim)
		} else {
			s.add(&s.FalseClaims, "%s: claims %s, done %d times", tr.name(), claim, effects)
		}
	}
	allowed := max(tr.fault.posts, 1)
	switch {
	case !tr.call.unsafe():
		allowed = max(allowed, 3) // a second sending changes nothing more
	case tr.call.once() && !tr.fault.Network:
		allowed = 1
	}
	if posts > allowed {
		s.add(&s.TooMany, "%s: %d requests", tr.name(), posts)
	}
	if effects > 1 && !tr.fault.Network && tr.call.unsafe() {
		s.add(&s.Duplicates, "%s: done %d times", tr.name(), effects)
	}
	if late > tr.slack {
		s.add(&s.Late, "%s: %s after the deadline", tr.name(), late)
	}
	s.Worst = max(s.Worst, late)
	for _, stray := range tr.srv.StrayAddresses() {
		s.add(&s.Strays, "%s: %s", tr.name(), stray)
	}
	if tr.fault.counts() {
		if s.Definite == nil {
			s.Definite = map[string]int{}
		}
		if definite {
			s.Definite[tr.call.Name]++
		}
		if tr.call.Name == "Assignments.AddEvent" {
			s.Counted++
			if tr.fault.definite && !definite {
				s.add(&s.Missing, "%s", tr.name())
			}
		}
	}
}

// Leaked finds a secret or personal text in what an error prints.
func Leaked(err error, srv *maventatest.Server) string {
	text := Printed(err)
	asJSON, jsonErr := json.Marshal(err)
	if jsonErr != nil {
		return jsonErr.Error()
	}
	text += string(asJSON)
	for _, secret := range []string{"canary", "Canary", srv.UserAPIKey(), srv.VendorAPIKey(), "maventatest-", "Bearer", "elsewhere", "http://"} {
		if strings.Contains(text, secret) {
			return fmt.Sprintf("%q in %s", secret, err)
		}
	}
	return ""
}
