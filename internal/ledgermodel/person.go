package ledgermodel

import (
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// calmDown ends the storm and lets the servers run until all is decided: nothing
// fails any more, what is under way arrives, and a person decides what the ledger
// leaves to one.
func (w *world) calmDown() {
	w.srv.ClearFaults()
	w.calm = true
	w.note("", "calm")
	time.Sleep(2 * w.quarter)
	longest := time.Duration(0)
	for _, s := range w.servers {
		longest = max(longest, s.settle)
	}
	const rounds = 8
	for round := range rounds {
		if w.store.Restart != nil {
			w.store.Restart()
		}
		open := 0
		for _, s := range w.servers {
			w.live(s, w.store.Journal(s.number), 10+round, w.random)
			for _, e := range w.entries {
				if !e.isDecided() {
					open++
				}
			}
		}
		if open == 0 {
			return
		}
		time.Sleep(longest + time.Minute)
	}
	for _, e := range w.entries {
		if !e.isDecided() {
			w.violate(e.key, "not decided %d settle times after the storm: %q, %v", rounds, e.handover.State, e.last)
		}
	}
}

// isDecided reports whether all is done: of a transfer, whether it came to its end.
func (e *entry) isDecided() bool {
	return e.last == nil && (e.invoice == "" || e.handover.State == maventa.TransferInCollection)
}

// decide is the person who knows all: which event is whose, and what never
// arrived. What the person says is kept for all servers.
func (w *world) decide(k *worker, e *entry, err error) {
	failed, _ := errors.AsType[*maventa.Error](err)
	if failed == nil {
		return
	}
	own := w.written(e.key)
	stands := len(own) > e.refusals
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.invoice != "" && errors.Is(err, ledger.ErrUndecided):
		if w.calm && !stands && !failed.FirstSent.IsZero() {
			e.neverArrived = failed.FirstSent.Add(k.server.skew)
			w.decided(e.key, "it never arrived")
		}
	case e.invoice != "" && e.handover.State == maventa.TransferStalled && stands:
		if w.calm && failed.Message != "" {
			w.srv.CompleteTransfer(e.invoice)
			w.decided(e.key, "what the agency asked for")
		}
	case e.invoice != "" && errors.Is(err, maventa.ErrTransferStalled), e.invoice != "" && w.calm && failed.Outcome == maventa.OutcomeRejected && !stands && w.oneIn(2):
		if w.calm && !stands {
			w.refused++
			e.again = e.handover.Attempt.Add(k.server.skew)
			w.decided(e.key, "once more")
		}
	case errors.Is(err, ledger.ErrPossibleDuplicate) && e.assignment != "":
		e.event.Adopt = ""
		if len(own) > 0 {
			e.event.Adopt = own[0].EventID
			e.event.NotMine = slices.DeleteFunc(e.event.NotMine, func(id string) bool { return sameID(id, own[0].EventID) })
			w.decided(e.key, "it is event "+own[0].EventID)
			return
		}
		e.event.NotMine = append(e.event.NotMine, failed.Details...)
		w.decided(e.key, "none of these is ours")
	case w.calm && failed.Outcome == maventa.OutcomeRejected && !stands:
		w.refused++
		e.correct()
		w.decided(e.key, "corrected")
	}
}

// correct changes what was refused.
func (e *entry) correct() {
	if e.invoice != "" {
		better := *e.transfer.Ropo
		better.AssignmentSummary += "corrected "
		e.transfer.Ropo = &better
		return
	}
	e.event.Event.Comment += " corrected"
	e.event.Adopt = ""
}

// decided notes a decision. The lock is held.
func (w *world) decided(key, what string) {
	w.asked++
	w.lines = append(w.lines, line{time.Since(w.start), key, "a person: " + what})
}
