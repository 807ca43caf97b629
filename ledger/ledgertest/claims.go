package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

func (j *journalTest) claimedOnce() {
	j.holdsNothing(journalKey("k"))
	first := opened("k", 0)
	j.begin(first)
	j.holds(first)
	j.refused(opened("k", 60), first)
}

func (j *journalTest) neverStolen() {
	first := opened("k", 0)
	j.begin(first)
	other := opened("k", 365*24*3600) // however old the entry is
	other.Digest, other.AssignmentID = "another", "as-2"
	j.refused(other, first)
	done := ended(first, maventa.OutcomeApplied, "ev-9")
	j.end(done)
	j.refused(other, done)
}

func (j *journalTest) claimedAnew() {
	for i, outcome := range []maventa.Outcome{maventa.OutcomeNotSent, maventa.OutcomeRejected} {
		key := "k" + strconv.Itoa(i)
		first := opened(key, 0)
		j.begin(first)
		j.end(ended(first, outcome, ""))
		j.holds(ended(first, outcome, ""))
		second := opened(key, 3600)
		second.Baseline = nil
		j.begin(second)
		j.holds(second) // nothing of the first is left
		j.conflict(ended(first, maventa.OutcomeApplied, "ev-9"), "of an earlier attempt")
		j.holds(second)
		j.end(ended(second, maventa.OutcomeApplied, "ev-9"))
		j.holds(ended(second, maventa.OutcomeApplied, "ev-9"))
	}
}

func (j *journalTest) onlyOpenEnds() {
	j.conflict(ended(opened("none", 0), maventa.OutcomeApplied, "ev-9"), "of a key without an entry")
	j.holdsNothing(journalKey("none"))
	first := opened("k", 0)
	j.begin(first)
	other := ended(opened("k", 1), maventa.OutcomeApplied, "ev-8")
	j.conflict(other, "with another BegunAt")
	j.holds(first)
	inZone := ended(first, maventa.OutcomeApplied, "ev-9")
	inZone.BegunAt = inZone.BegunAt.In(time.FixedZone("", 2*3600)) // the same instant
	j.end(inZone)
	j.conflict(ended(first, maventa.OutcomeNotSent, ""), "of an entry that took effect")
	got, _, err := j.Find(j.Context(), first.JournalKey)
	if err != nil || !got.Done() || got.EventID != "ev-9" {
		j.Errorf("after two Ends: %v, %v", got, err)
	}
}

// statusNoted: End of a record without an end keeps the entry open, and its claim.
func (j *journalTest) statusNoted() {
	first := claiming("k", "assignment/as-1", 0)
	noted := first
	noted.Status, noted.Request = 403, "req-1"
	j.conflict(noted, "of a key without an entry")
	j.begin(first)
	other := noted
	other.BegunAt = journalTime(1)
	j.conflict(other, "of another attempt")
	j.end(noted)
	j.holds(noted)
	j.taken(claiming("k", "assignment/as-1", 60), noted)
	j.taken(claiming("l", "assignment/as-1", 60), noted)
	pending, err := j.other.Pending(j.Context(), "stage", first.CompanyID)
	if err != nil || len(pending) != 1 {
		j.Fatalf("Pending: %q, %v", keysOf(pending), err)
	}
	j.same("Pending", pending[0], noted)
	done := ended(noted, maventa.OutcomeRejected, "")
	j.end(done)
	j.holds(done)
	j.conflict(noted, "of an entry that has ended")
	j.holds(done)
}

const journalCrowd = 16

func (j *journalTest) manyClaim() {
	for round := range 4 {
		key := "k" + strconv.Itoa(round)
		if round%2 == 1 { // claimed anew
			first := opened(key, 0)
			j.begin(first)
			j.end(ended(first, maventa.OutcomeNotSent, ""))
		}
		stored := make([]ledger.Record, journalCrowd)
		claimed := j.crowd(func(ctx context.Context, i int) (ok bool, err error) {
			entry := opened(key, 10+i)
			entry.Digest = fmt.Sprintf("of caller %d", i)
			stored[i], ok, err = j.server(i).Begin(ctx, entry)
			return ok, err
		})
		if len(claimed) != 1 {
			j.Fatalf("%d of %d callers claimed one key", len(claimed), journalCrowd)
		}
		winner := stored[claimed[0]]
		if winner.Digest != fmt.Sprintf("of caller %d", claimed[0]) {
			j.Errorf("the winner got another's entry: %s", winner.Digest)
		}
		for _, s := range stored {
			j.same("Begin of the losers", s, winner)
		}
		j.holds(winner)
	}
}

func (j *journalTest) manyEnd() {
	first := opened("k", 0)
	j.begin(first)
	won := j.crowd(func(ctx context.Context, i int) (bool, error) {
		err := j.server(i).End(ctx, ended(first, maventa.OutcomeApplied, "ev-"+strconv.Itoa(i)))
		if errors.Is(err, ledger.ErrJournalConflict) {
			return false, nil
		}
		return err == nil, err
	})
	if len(won) != 1 {
		j.Fatalf("%d of %d callers ended one entry", len(won), journalCrowd)
	}
	j.holds(ended(first, maventa.OutcomeApplied, "ev-"+strconv.Itoa(won[0])))
}

// server is one of two by turns.
func (j *journalTest) server(i int) ledger.Journal {
	if i%2 == 1 {
		return j.other
	}
	return j.Journal
}

// crowd lets many callers act at once and returns those who succeeded.
func (j *journalTest) crowd(act func(ctx context.Context, i int) (bool, error)) (won []int) {
	j.Helper()
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	start := make(chan struct{})
	for i := range journalCrowd {
		wg.Go(func() {
			<-start
			ok, err := act(j.Context(), i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				j.Errorf("caller %d: %v", i, err)
			}
			if ok {
				won = append(won, i)
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}
