package maventa

import (
	"context"
	"errors"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// Verdict is what [Client.Resolve] found out.
type Verdict uint8

// Verdicts.
const (
	// VerdictUnknown: still not known. Do not send again; see RetryAfter, or
	// look at it with a person.
	VerdictUnknown Verdict = iota
	// VerdictApplied: the call took effect.
	VerdictApplied
	// VerdictAbsent: the call did not take effect. It may be made again.
	VerdictAbsent
)

// String returns unknown, applied or absent.
func (v Verdict) String() string { return [...]string{"unknown", "applied", "absent"}[v] }

// Resolution is the answer of [Client.Resolve].
type Resolution struct {
	Verdict Verdict
	// EventID is the event that was added, where it is known.
	EventID string
	// Candidates are ids of events that may or may not be the one.
	Candidates []string
	// Why says in a sentence what the verdict rests on.
	Why string
	// RetryAfter is when asking again may help; 0 if it will not.
	RetryAfter time.Duration
}

// Resolve finds out, by reading, what became of a call whose error matches
// [ErrOutcomeUnknown]. It changes nothing.
//
//   - Services are told by their status, service levels by their list, seen
//     marks by the event.
//   - A transfer took effect if one of the status calls shows it. A 404 proves
//     nothing: it is the answer to "no access" too.
//   - An event of [AssignmentService.EnsureEvent] is told by the events that are
//     new since before the first attempt. One of a plain
//     [AssignmentService.AddEvent] is absent if no equal event exists; if one
//     does, it may be somebody else's.
//
// Before the settle time is over (see [WithSettleTime]) nothing is concluded
// from what is not there. The error is that of the reading, or a validation
// error if err is not one of unknown outcome.
func (c *Client) Resolve(ctx context.Context, err error, opts ...CallOption) (*Resolution, error) {
	failed := asError(err)
	if c == nil || c.root == nil || failed == nil || failed.sent == nil || !errors.Is(failed, ErrOutcomeUnknown) {
		return nil, invalid("Resolve", "err", "is no error of a call with unknown outcome")
	}
	if failed.sent.client.root != c.root || failed.sent.client.company != c.company {
		return nil, invalid("Resolve", "err", "comes from another client or company")
	}
	cfg, optErr := c.root.callConfig(opts)
	if optErr != nil {
		optErr.Operation = "Resolve"
		return nil, optErr
	}
	sent := *failed.sent
	left := max(cfg.settle-time.Since(sent.last), 0)
	switch body := sent.body.(type) {
	case *NewEvent:
		return c.resolveEvent(ctx, sent, body, left)
	case *RopoTransfer, *AmiliTransfer, *AmiliTransferV1:
		return c.resolveTransfer(ctx, sent.ids[0])
	case *RopoActivation:
		return resolveStatus(ctx, left, body.Again, c.ropoState)
	case *AmiliActivation:
		return resolveStatus(ctx, left, body.Again, c.amiliState)
	case *AmiliUpdate:
		return c.resolveUpdate(ctx, body, left)
	case *serviceLevelChange:
		return c.resolveLevel(ctx, sent.ids[0], body.ServiceLevel, left)
	}
	switch sent.op {
	case operation.InvoicesSend.Op():
		return c.resolveSend(ctx, sent.target, left)
	case operation.RopoClose.Op():
		return resolveClose(ctx, left, c.ropoState)
	case operation.AmiliClose.Op():
		return resolveClose(ctx, left, c.amiliState)
	case operation.EventsMarkSeen.Op():
		return c.resolveSeen(ctx, sent.ids[0], sent.ids[1])
	}
	return &Resolution{Why: "nothing is known that shows the effect of this call"}, nil
}

func (c *Client) resolveEvent(ctx context.Context, sent sentCall, event *NewEvent, left time.Duration) (*Resolution, error) {
	view := &assignmentView{}
	for e, err := range c.Assignments.Events(ctx, sent.ids[0]) {
		if err != nil {
			return nil, err
		}
		view.events = append(view.events, e)
	}
	if c.root.journal != nil {
		var err error
		if view.entries, err = c.root.journal.ForAssignment(ctx, c.root.environment.Name, c.company, sent.ids[0]); err != nil {
			return nil, c.fail(&request{op: operation.AssignmentsAddEvent, ids: sent.ids}, journalFailure(err, OutcomeUnknown))
		}
	}
	switch own := view.own(sent.key); {
	case own == nil:
	case own.Open() && own.BegunAt.After(sent.last):
		return &Resolution{Why: "a later attempt under this key is open", RetryAfter: max(left, settleGap)}, nil
	case own.Done():
		return &Resolution{Verdict: VerdictApplied, EventID: own.EventID, Why: "the journal has it as applied"}, nil
	}
	var baseline []string
	if sent.hasBaseline {
		baseline = append([]string{}, sent.baseline...)
	}
	sure, maybe := view.unexplained(event, baseline, sent.key)
	r := &Resolution{Candidates: append(sure, maybe...), RetryAfter: left}
	switch {
	case left > 0:
		r.Why = "the event may still arrive"
	case len(view.missing(baseline)) > 0:
		r.Why = "events that were there before are missing from the list"
	case len(r.Candidates) == 0:
		*r = Resolution{Verdict: VerdictAbsent, Why: "no equal event is there after the settle time"}
	case sent.hasBaseline && len(sure) == 1 && len(maybe) == 0:
		*r = Resolution{Verdict: VerdictApplied, EventID: sure[0], Why: "exactly one equal event is new since before the first attempt"}
	case sent.hasBaseline:
		r.Why = "several events may be the one"
	default:
		r.Why = "an equal event is there, but nothing tells whose it is"
	}
	return r, nil
}

func (c *Client) resolveTransfer(ctx context.Context, invoiceID string) (*Resolution, error) {
	for _, op := range []operation.ID{operation.InvoicesTransferStatus, operation.InvoicesTransferStatusV1} {
		t, err := c.Invoices.status(ctx, op, invoiceID, nil)
		switch {
		case err == nil && t.Status == TransferError:
			return &Resolution{Why: "a transfer of this invoice ended in error; it may be this one or an earlier one"}, nil
		case err == nil:
			return &Resolution{Verdict: VerdictApplied, Why: "the service shows a transfer: " + quoteCut(string(t.Status), 32)}, nil
		case !isAbsent(err) && asError(err).Status != 410:
			return nil, err
		}
	}
	return &Resolution{Why: "no status shows a transfer, and 404 is the answer to \"no access\" too"}, nil
}

func (c *Client) ropoState(ctx context.Context) (ServiceStatus, error) {
	s, err := c.Ropo.Status(ctx)
	if err != nil {
		return "", err
	}
	return s.Status, nil
}

func (c *Client) amiliState(ctx context.Context) (ServiceStatus, error) {
	s, err := c.Amili.Status(ctx)
	if err != nil {
		return "", err
	}
	return s.Status, nil
}

func resolveStatus(ctx context.Context, left time.Duration, again bool, state func(context.Context) (ServiceStatus, error)) (*Resolution, error) {
	s, err := state(ctx)
	switch {
	case err != nil && !isAbsent(err):
		return nil, err
	case again && err == nil && s != ServiceDisabled:
		return &Resolution{Why: "the service was pending or active before"}, nil
	case s == ServicePending || s == ServiceActive:
		return &Resolution{Verdict: VerdictApplied, Why: "the service is " + string(s)}, nil
	case s == ServiceDisabled && left == 0:
		return &Resolution{Verdict: VerdictAbsent, Why: "the service is DISABLED after the settle time"}, nil
	}
	return &Resolution{Why: "the service shows no activation yet", RetryAfter: left}, nil
}

func resolveClose(ctx context.Context, left time.Duration, state func(context.Context) (ServiceStatus, error)) (*Resolution, error) {
	s, err := state(ctx)
	absent := err != nil && isAbsent(err)
	switch {
	case absent:
		return &Resolution{Why: "the service answers 404, which may mean \"no access\""}, nil
	case err != nil:
		return nil, err
	case s == ServiceDisabled:
		return &Resolution{Verdict: VerdictApplied, Why: "the service is DISABLED"}, nil
	case left > 0 || !s.Known():
		return &Resolution{Why: "the service is not DISABLED yet", RetryAfter: left}, nil
	}
	return &Resolution{Verdict: VerdictAbsent, Why: "the service is " + string(s) + " after the settle time"}, nil
}

func (c *Client) resolveUpdate(ctx context.Context, u *AmiliUpdate, left time.Duration) (*Resolution, error) {
	s, err := c.Amili.Status(ctx)
	if err != nil {
		return nil, err
	}
	if (u.ServiceType == "" || s.ServiceType == u.ServiceType) && (u.AccountableParty == "" || s.AccountableParty == u.AccountableParty) {
		return &Resolution{Verdict: VerdictApplied, Why: "the service has these settings"}, nil
	}
	if left > 0 {
		return &Resolution{Why: "the service has other settings so far", RetryAfter: left}, nil
	}
	return &Resolution{Verdict: VerdictAbsent, Why: "the service has other settings after the settle time"}, nil
}

func (c *Client) resolveLevel(ctx context.Context, bid string, want ServiceLevel, left time.Duration) (*Resolution, error) {
	level := ServiceLevelDefault // customers on it are not listed
	for l, err := range c.ServiceLevels.All(ctx) {
		if err != nil {
			return nil, err
		}
		if l.CustomerBID == bid {
			level = l.ServiceLevel
		}
	}
	switch {
	case level == want:
		return &Resolution{Verdict: VerdictApplied, Why: "the customer has this level"}, nil
	case left > 0:
		return &Resolution{Why: "the customer has another level so far", RetryAfter: left}, nil
	}
	return &Resolution{Verdict: VerdictAbsent, Why: "the customer has another level after the settle time"}, nil
}

func (c *Client) resolveSeen(ctx context.Context, assignmentID, eventID string) (*Resolution, error) {
	for e, err := range c.Assignments.Events(ctx, assignmentID) {
		if err != nil {
			return nil, err
		}
		if e.ID == eventID && e.Seen {
			return &Resolution{Verdict: VerdictApplied, Why: "the event is marked as seen"}, nil
		}
	}
	return &Resolution{Why: "the event does not show a mark; marking again does no harm"}, nil
}

// Recover settles the open entries of the client's company in the journal, as a
// run after a crash should begin with, and returns those that stay open: run it
// again after the settle time, or let a person look. Transfers stay open until
// [InvoiceService.EnsureTransfer] is called for them again.
func (c *Client) Recover(ctx context.Context, opts ...CallOption) ([]JournalEntry, error) {
	if err := c.journalProblem("-"); err != nil {
		err.Operation = "Recover"
		return nil, err
	}
	cfg, err := c.root.callConfig(opts)
	if err != nil {
		err.Operation = "Recover"
		return nil, err
	}
	pending, jErr := c.root.journal.Pending(ctx, c.root.environment.Name, c.company)
	if jErr != nil {
		return nil, c.fail(&request{op: operation.AssignmentsAddEvent}, journalFailure(jErr, OutcomeNotSent))
	}
	var open []JournalEntry
	for _, entry := range pending {
		e := &ensuring{
			s: c.Assignments, op: operation.AssignmentsAddEvent.Op(), journal: c.root.journal, settle: cfg.settle,
			key: entry.JournalKey, assignmentID: entry.AssignmentID, invoiceID: entry.InvoiceID,
		}
		if entry.AssignmentID == "" {
			open = append(open, entry)
			continue
		}
		leave, err := c.root.gates.enter(ctx, c.company+"/"+entry.AssignmentID)
		if err != nil {
			return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, cause: err})
		}
		_, err = e.find(ctx, entry, entryEvent(entry))
		leave()
		switch {
		case err == nil:
		case errors.Is(err, ErrUnsettled), errors.Is(err, ErrPossibleDuplicate):
			open = append(open, entry)
		default:
			return nil, err
		}
	}
	return open, nil
}
