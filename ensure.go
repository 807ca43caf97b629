package maventa

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/operation"
)

// LedgerEntry is one payment, credit note or other event of the caller's ledger
// that is to be reported exactly once.
type LedgerEntry struct {
	// Key is the business key: what makes this entry of the ledger unique within
	// the company for ever, such as the bank's archive id. Two equal payments on
	// one day are two entries with two keys.
	Key   string
	Event NewEvent

	// Adopt and Post are the caller's decision after [ErrPossibleDuplicate],
	// whose Details are the ids of the events in question. Adopt is the id of the
	// one that is this entry's: nothing is sent. Post are the ids of those that
	// are not; once none is left in question, the entry is sent. Keep what Post
	// names and add to it: it says nothing about any other event, so that a
	// batch with it can be run again as it is.
	Adopt string
	Post  []string
}

// Ensured says how an entry stands on the service.
type Ensured struct {
	AssignmentID string // of an event
	InvoiceID    string // of a transfer, or as given
	// EventID is the event's id, empty for a transfer, or if the service's
	// answer had none and it could not be found by reading.
	EventID string
	// Sent reports whether this call sent it; otherwise it was there before.
	Sent bool
}

// EnsureEvent adds an event exactly once, however often and from wherever it is
// called for the same key: after a crash at any point, in a second run of the
// same batch, on a second server with the same journal. It needs [WithJournal].
//
// The ids of the assignment's events are journaled before the first byte
// leaves. If the outcome is unknown then, the entry stays open, and the error
// matches [ErrOutcomeUnknown]; a later run, once the settle time is over (see
// [WithSettleTime]), reads the events twice and finds out: one new equal event
// was it, none means it never arrived and is sent again. Until then an error
// that matches [ErrUnsettled] says when to run again.
//
// If there are equal events that no entry of the journal explains, nothing is
// sent and the error matches [ErrPossibleDuplicate]: the caller decides, see
// [LedgerEntry]. A key that comes back with another event or assignment is
// [ErrKeyReused].
//
// What no client can tell apart: an equal event that another system adds within
// the same window, where the service does not show who added it; and a network
// that delivers one request twice.
func (s AssignmentService) EnsureEvent(ctx context.Context, assignmentID string, entry LedgerEntry, opts ...CallOption) (*Ensured, error) {
	return s.ensure(ctx, assignmentID, "", entry, opts)
}

// LedgerItem is one line of a ledger for [AssignmentService.EnsureEvents]: an
// entry and the assignment, or the invoice, that it belongs to.
type LedgerItem struct {
	AssignmentID string
	InvoiceID    string // used if AssignmentID is empty
	LedgerEntry
}

// EnsureResult is what became of one [LedgerItem].
type EnsureResult struct {
	Item    LedgerItem
	Ensured *Ensured // nil with Err
	Err     error
}

// ensureWorkers bounds how many assignments are worked on at a time.
const ensureWorkers = 8

// EnsureEvents is [AssignmentService.EnsureEvent] for a whole ledger, a few
// assignments at a time, the items of one assignment in their order. It does
// not wait for assignments that are not there yet: their items fail with
// [ErrNotFound] and belong into the next run; [InvoiceService.WaitForTransfer]
// waits. The results have the order of the items.
func (s AssignmentService) EnsureEvents(ctx context.Context, items []LedgerItem, opts ...CallOption) []EnsureResult {
	results := make([]EnsureResult, len(items))
	groups := map[string][]int{}
	var order []string
	for i, item := range items {
		key := "a/" + item.AssignmentID
		if item.AssignmentID == "" {
			key = "i/" + item.InvoiceID
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	slots := make(chan struct{}, ensureWorkers)
	var wg sync.WaitGroup
	for _, key := range order {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			for _, i := range groups[key] {
				ensured, err := s.ensureItem(ctx, items[i], opts)
				results[i] = EnsureResult{Item: items[i], Ensured: ensured, Err: err}
			}
		})
	}
	wg.Wait()
	return results
}

// ensureItem asks the journal before it looks for the assignment of an invoice:
// most entries of a repeated run are done.
func (s AssignmentService) ensureItem(ctx context.Context, item LedgerItem, opts []CallOption) (*Ensured, error) {
	invoiceID, entry := item.InvoiceID, item.LedgerEntry
	if item.AssignmentID != "" {
		return s.ensure(ctx, item.AssignmentID, invoiceID, entry, opts)
	}
	e, err := s.ensuring("", invoiceID, entry, opts)
	if err != nil {
		return nil, err
	}
	stored, found, err := e.journal.Find(ctx, e.key)
	if err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	if found && stored.InvoiceID == invoiceID && (stored.Open() || stored.Done()) {
		return s.ensure(ctx, stored.AssignmentID, invoiceID, entry, opts)
	}
	a, err := s.ForInvoice(ctx, invoiceID)
	if errors.Is(err, ErrNotFound) && found && stored.Done() && stored.InvoiceID == "" {
		return s.ensure(ctx, stored.AssignmentID, invoiceID, entry, opts) // it was given by its assignment then
	}
	if err != nil {
		return nil, err
	}
	return s.ensure(ctx, a.ID, invoiceID, entry, opts)
}

func (s AssignmentService) ensure(ctx context.Context, assignmentID, invoiceID string, entry LedgerEntry, opts []CallOption) (*Ensured, error) {
	e, err := s.ensuring(assignmentID, invoiceID, entry, opts)
	if err != nil {
		return nil, err
	}
	if problem := idProblem(e.op, assignmentID); problem != "" {
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"assignment_id", problem}}})
	}
	leave, err := s.c.root.gates.enter(ctx, s.c.company+"/"+assignmentID)
	if err != nil {
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Err: err, Hint: "another event for this assignment is under way"})
	}
	defer leave()
	return e.run(ctx)
}

// ensuring is one EnsureEvent under way.
type ensuring struct {
	s            AssignmentService
	op           *operation.Op
	journal      Journal
	settle       time.Duration
	opts         []CallOption
	meta         *Response // of the call that adds the event
	key          JournalKey
	assignmentID string
	invoiceID    string
	entry        LedgerEntry
	digest       string
}

// ensuring checks what can be checked without a request.
func (s AssignmentService) ensuring(assignmentID, invoiceID string, entry LedgerEntry, opts []CallOption) (*ensuring, error) {
	e := &ensuring{s: s, op: operation.AssignmentsAddEvent.Op(), opts: opts, assignmentID: assignmentID, invoiceID: invoiceID, entry: entry}
	if problem := s.c.journalProblem(entry.Key); problem != nil {
		return nil, e.fail(problem)
	}
	c := s.c
	e.journal, e.key = c.root.journal, c.journalKey(entry.Key)
	cfg, cfgErr := c.root.callConfig(opts)
	if cfgErr != nil {
		return nil, e.fail(cfgErr)
	}
	e.settle, e.meta = cfg.settle, cmp.Or(cfg.response, new(Response))
	if err := c.validate(&request{op: e.op, body: &entry.Event}, cfg); err != nil {
		return nil, e.fail(err)
	}
	body, err := json.Marshal(&entry.Event)
	if err != nil {
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"event", "cannot be written as JSON"}}})
	}
	e.digest = c.digest(e.op.Name, body)
	return e, nil
}

// digest is a keyed hash of what a call sends: it tells equal from different
// without showing the contents. The key is environment and company; it is no
// secret, so whoever knows a body can recognize it.
func (c *Client) digest(op string, body []byte) string {
	h := hmac.New(sha256.New, []byte(c.root.environment.Name+"\x00"+c.company))
	for _, part := range []string{op, string(body)} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (c *Client) journalKey(key string) JournalKey {
	return JournalKey{Environment: c.root.environment.Name, CompanyID: c.company, Key: key}
}

// journalProblem says why nothing can be ensured under a key.
func (c *Client) journalProblem(key string) *Error {
	switch {
	case c == nil || c.root == nil || c.root.journal == nil:
		return &Error{Phase: PhaseJournal, Outcome: OutcomeNotSent, Kind: ErrJournal, Hint: "there is none: make the client with maventa.WithJournal"}
	case key == "" || len(key) > 512 || !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl):
		return &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"key", "must have 1 to 512 bytes of UTF-8 without control characters"}}}
	}
	return nil
}

// run is the whole of EnsureEvent, within the assignment's gate.
func (e *ensuring) run(ctx context.Context) (*Ensured, error) {
	stored, found, err := e.journal.Find(ctx, e.key)
	if err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	if found {
		if done, err := e.earlier(ctx, stored); done != nil || err != nil {
			return done, err
		}
	}
	view, err := e.view(ctx)
	if err != nil {
		return nil, err
	}
	if view, err = e.othersSettled(ctx, view); err != nil {
		return nil, err
	}
	if own := view.own(e.key); own != nil { // another process was faster; it sends, or has sent
		if done, err := e.earlier(ctx, *own); done != nil || err != nil {
			return done, err
		}
		return nil, e.unsettled(soon)
	}
	switch {
	case e.entry.Adopt != "":
		if err := e.adoptable(view); err != nil {
			return nil, err
		}
	default:
		sure, maybe := view.unexplained(&e.entry.Event, nil, e.key)
		if ids := without(append(sure, maybe...), e.entry.Post); len(ids) > 0 {
			return nil, e.duplicate(ids)
		}
	}
	entry := e.newEntry(view)
	stored, claimed, err := e.journal.Begin(ctx, entry)
	if err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	if !claimed { // as above
		if done, err := e.earlier(ctx, stored); done != nil || err != nil {
			return done, err
		}
		return nil, e.unsettled(soon)
	}
	if e.entry.Adopt != "" {
		return e.adopt(ctx, entry)
	}
	// Another process may have claimed another key since the look. One of the two
	// must not send, or neither: their events could not be told apart.
	others, err := e.journal.ForAssignment(ctx, e.key.Environment, e.key.CompanyID, e.assignmentID)
	if err != nil {
		return nil, e.end(ctx, entry, OutcomeNotSent, "", "", e.journalFailed(err, OutcomeNotSent))
	}
	if slices.ContainsFunc(others, func(other JournalEntry) bool { return other.Open() && other.JournalKey != e.key }) {
		return nil, e.end(ctx, entry, OutcomeNotSent, "", "", e.unsettled(soon))
	}
	return e.send(ctx, entry)
}

// earlier deals with the journal's entry of an earlier attempt. Both results
// are nil when it ended without effect, so that the event may be sent (again).
func (e *ensuring) earlier(ctx context.Context, stored JournalEntry) (*Ensured, error) {
	inUse := stored.Open() || stored.Done() // otherwise the key is free, and the event may have been mended
	if inUse && (stored.Digest != e.digest || stored.AssignmentID != e.assignmentID) {
		return nil, e.fail(keyReused(e.entry.Key, "event or assignment"))
	}
	if stored.Open() && e.entry.Adopt != "" {
		if left := e.settle - time.Since(stored.BegunAt); left > 0 && slices.Contains(stored.Baseline, e.entry.Adopt) {
			return nil, e.unsettled(left) // that event is not the attempt, which may still arrive
		}
		view, err := e.view(ctx)
		if err != nil {
			return nil, err
		}
		if err := e.adoptable(view); err != nil {
			return nil, err
		}
		return e.adopt(ctx, stored)
	}
	if stored.Open() {
		var err error
		if stored, err = e.find(ctx, stored, &e.entry.Event); err != nil {
			return nil, err
		}
	}
	if !stored.Done() {
		return nil, nil //nolint:nilnil // unexported: "no effect, go on"
	}
	return e.ensured(stored.EventID, false), nil
}

// newEntry is the journal's entry of an event that is about to be sent.
func (e *ensuring) newEntry(view *assignmentView) JournalEntry {
	entry := JournalEntry{
		JournalKey: e.key, Operation: e.op.Name, InvoiceID: e.invoiceID, AssignmentID: e.assignmentID,
		EventType: e.entry.Event.Type, Amount: e.entry.Event.Amount, Date: e.entry.Event.Date,
		Digest: e.digest, Baseline: view.ids(), BegunAt: view.begun,
	}
	if e.entry.Event.mended("amount") { // the typed value is not what is sent
		entry.Amount = Opt[Amount]{}
	}
	if e.entry.Event.mended("date") {
		entry.Date = Date{}
	}
	if e.entry.Event.mended("type") {
		entry.EventType = ""
	}
	return entry
}

// send makes the one call that adds the event. Its entry is in the journal.
func (e *ensuring) send(ctx context.Context, entry JournalEntry) (*Ensured, error) {
	if e.settle > 0 && time.Since(entry.BegunAt) > e.settle/2 {
		// The process slept since it claimed the key. Another one may soon
		// conclude that the event never arrived, so it must not leave now.
		return nil, e.end(ctx, entry, OutcomeNotSent, "", "", e.unsettled(soon))
	}
	if e.settle > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, entry.BegunAt.Add(e.settle/2))
		defer cancel()
	}
	event, err := e.s.AddEvent(ctx, e.assignmentID, e.entry.Event, append(slices.Clone(e.opts), WithResponse(e.meta))...)
	failed := asError(err)
	switch {
	case err == nil:
		return e.applied(ctx, entry, event.ID, e.meta.RequestID)
	case failed == nil:
		return nil, err
	case failed.Outcome == OutcomeApplied:
		return e.applied(ctx, entry, "", failed.RequestID)
	case failed.Outcome == OutcomeUnknown:
		failed.RetryAfter = e.settle
		failed.Kind = keptOpen
		failed.Hint = "the journal keeps the entry open; run it again after the settle time"
		return nil, failed
	}
	return nil, e.end(ctx, entry, failed.Outcome, "", failed.RequestID, failed)
}

// applied ends an entry that took effect.
func (e *ensuring) applied(ctx context.Context, entry JournalEntry, eventID, requestID string) (*Ensured, error) {
	if eventID == "" {
		eventID = e.locate(ctx, entry)
	}
	if err := e.end(ctx, entry, OutcomeApplied, eventID, requestID, nil); err != nil {
		return nil, err
	}
	return e.ensured(eventID, true), nil
}

// locate looks for the event that was just added and whose id the answer did
// not tell. It may not be listed yet: then the id stays empty.
func (e *ensuring) locate(ctx context.Context, entry JournalEntry) string {
	view, err := e.view(ctx)
	if err != nil {
		return ""
	}
	if sure, maybe := view.unexplained(&e.entry.Event, entry.Baseline, e.key); len(sure) == 1 && len(maybe) == 0 {
		return sure[0]
	}
	return ""
}

// adopt ends an entry with the event that the caller says is its own.
func (e *ensuring) adopt(ctx context.Context, entry JournalEntry) (*Ensured, error) {
	if err := e.end(ctx, entry, OutcomeApplied, e.entry.Adopt, "", nil); err != nil {
		return nil, err
	}
	return e.ensured(e.entry.Adopt, false), nil
}

// adoptable checks that the event to adopt is there and no other entry's.
func (e *ensuring) adoptable(view *assignmentView) error {
	problem := ""
	switch {
	case slices.Contains(e.entry.Post, e.entry.Adopt):
		problem = "is among the events of Post, too"
	case !slices.Contains(view.ids(), e.entry.Adopt):
		problem = "names no event of the assignment"
	}
	for _, other := range view.entries {
		if other.JournalKey != e.key && other.Done() && other.EventID == e.entry.Adopt {
			problem = "is the event of another journal entry, " + quoteCut(other.Key, 64)
		}
	}
	if problem == "" {
		return nil
	}
	return e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"adopt", problem}}})
}

// end writes the outcome into the journal, also when ctx is over, and returns
// failure. If the journal fails, its own error says what happened.
func (e *ensuring) end(ctx context.Context, entry JournalEntry, outcome Outcome, eventID, requestID string, failure error) error {
	entry.EndedAt, entry.Outcome, entry.EventID, entry.Request = journalTime(), outcome, eventID, requestID
	if err := endEntry(ctx, e.journal, entry); err != nil {
		return e.journalFailed(err, outcome)
	}
	return failure
}

// endEntry ends an entry also when ctx is over, within a limit of its own.
func endEntry(ctx context.Context, j Journal, entry JournalEntry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return j.End(ctx, entry)
}

func (e *ensuring) ensured(eventID string, sent bool) *Ensured {
	return &Ensured{AssignmentID: e.assignmentID, InvoiceID: e.invoiceID, EventID: eventID, Sent: sent}
}

func (e *ensuring) fail(err *Error) error {
	return e.s.c.fail(&request{op: operation.AssignmentsAddEvent, ids: []string{e.assignmentID}}, err)
}

func (e *ensuring) journalFailed(err error, outcome Outcome) error {
	return e.fail(journalFailure(e.s.c, err, outcome))
}

func (e *ensuring) unsettled(after time.Duration) error {
	return e.fail(unsettledError(after, "an earlier attempt may still arrive"))
}

// journalFailure is the error when the journal did not do its work. outcome is
// what is known about the write itself.
func journalFailure(c *Client, err error, outcome Outcome) *Error {
	failure := &Error{Phase: PhaseJournal, Outcome: outcome, Kind: ErrJournal, Err: c.SafeCause(err)}
	if own := asError(err); own != nil && own.Kind != nil {
		failure.Kind = own.Kind
	}
	if errors.Is(err, ErrJournalConflict) {
		failure.Hint = "another process has settled the entry meanwhile: run again"
	}
	return failure
}

// keptOpen is [ErrOutcomeUnknown] of an entry that the journal keeps: to run it
// again after RetryAfter is safe.
var keptOpen = NewKind("outcome_unknown", ActionRetry, ErrOutcomeUnknown)

// When running again is of use: not until the caller decides, or soon.
const (
	undecided time.Duration = 0
	soon                    = time.Second
)

// unsettledError says that what became of an attempt cannot be told before
// `after` has passed.
func unsettledError(after time.Duration, hint string) *Error {
	return &Error{Phase: PhaseHTTP, Outcome: OutcomeUnknown, Kind: ErrUnsettled, RetryAfter: after, Hint: hint}
}

const decide = "decide with LedgerEntry.Adopt or LedgerEntry.Post"

// begunError is unsettledError for an attempt that began so short a time ago.
func begunError(left, settle time.Duration) *Error {
	if left > settle+time.Minute {
		return unsettledError(undecided, "the journal says that the attempt began in the future: was the clock wrong? docs/ledger.md says how to settle an entry by hand")
	}
	return unsettledError(max(left, soon), "an earlier attempt may still arrive")
}

// keyReused refuses a key that stands for something else.
func keyReused(key, other string) *Error {
	return &Error{
		Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrKeyReused,
		Hint: "the journal knows key " + quoteCut(key, 64) + " with another " + other + "; find out which is right, and do not just take a new key",
	}
}

// duplicate refuses to send what may be there already.
func (e *ensuring) duplicate(ids []string) error {
	return e.fail(&Error{
		Phase: PhaseHTTP, Outcome: OutcomeNotSent, Kind: ErrPossibleDuplicate, Details: ids,
		Hint: strconv.Itoa(len(ids)) + " equal events are there already; " + decide,
	})
}
