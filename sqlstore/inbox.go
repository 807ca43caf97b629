package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/internal/decode"
)

// Inbox keeps the events of a company, in the order they came, until the program has
// dealt with each. Make it with [Store.Inbox].
//
// [Inbox.Look] brings what is new, [Inbox.After] reads it, and [Inbox.Acknowledge]
// notes what became of each: one that is blocked stops no other. What the agency
// changes or withdraws later comes as a row of its own, a revision: a row that is
// there never changes, apart from its acknowledgement.
type Inbox struct {
	store *Store
	c     *maventa.Client
	opts  []follow.Option
	tx    Tx
}

// Inbox returns the inbox of the client's company. The options are those of every
// look.
func (s *Store) Inbox(c *maventa.Client, opts ...follow.Option) *Inbox {
	return &Inbox{store: s, c: c, opts: opts}
}

// In returns the inbox within a transaction of the caller's: so that a voucher and its
// acknowledgement are stored together. A look has transactions of its own.
func (i *Inbox) In(tx Tx) *Inbox {
	other := *i
	other.tx = inTx(tx)
	return &other
}

// LookReport says what a look has stored.
type LookReport struct {
	New, Changed, Missing int
	// Last is the highest position there is, 0 if there are no rows.
	Last int64
}

// errMoved: another process has stored a page since the checkpoint was read.
var errMoved = errors.New("the checkpoint moved")

// looks is how often a look begins again since another one was faster.
const looks = 3

// Look reads the list of events once, see [follow.Follower.Look], and stores what is
// new or revised page by page, each together with its checkpoint. About once a day the
// whole list is compared with the inbox's own rows of the last 90 days. After an error
// the report is of what was stored before.
//
// Several processes may look at the same time: what they both see is stored once. On
// a store that is only read, [ErrMaybeCopy], nothing is asked for.
func (i *Inbox) Look(ctx context.Context) (LookReport, error) {
	var report LookReport
	err := i.look(ctx, &report)
	for n := 1; errors.Is(err, errMoved) && n < looks; n++ {
		err = i.look(ctx, &report)
	}
	if errors.Is(err, errMoved) {
		err = i.store.failed("Inbox.Look", refusal(ErrLookOvertaken, "other processes look for the same company; what they have stored stays"))
	}
	return report, err
}

func (i *Inbox) look(ctx context.Context, report *LookReport) error {
	if err := i.store.serves(i.c); err != nil {
		return i.store.failed("Inbox.Look", err)
	}
	at, err := i.load(ctx)
	if err != nil {
		return i.store.failed("Inbox.Look", err)
	}
	report.Last = at.last
	opts := append([]follow.Option{follow.CompareWith(i.stored)}, i.opts...)
	for page, err := range follow.New(i.c, at.checkpoint, opts...).Look(ctx) {
		if err != nil {
			return err
		}
		switch err := i.storePage(ctx, page, at, report); {
		case errors.Is(err, errMoved):
			return err
		case err != nil:
			return i.store.failed("Inbox.Look", err)
		}
	}
	return nil
}

// StartFrom makes an inbox that was never used begin at a time: events that were
// created before do not come. Without it the first look brings all there are.
func (i *Inbox) StartFrom(ctx context.Context, t time.Time) error {
	return i.store.failed("Inbox.StartFrom", i.startFrom(ctx, t))
}

func (i *Inbox) startFrom(ctx context.Context, t time.Time) error {
	if err := i.store.serves(i.c); err != nil {
		return err
	}
	if _, err := i.load(ctx); err != nil {
		return err
	}
	return i.store.within(ctx, nil, func(q session, _ *state) error {
		return i.store.exec(ctx, q, inboxStart, append([]any{follow.CheckpointFrom(t)}, i.names()...)...)
	})
}

// serves refuses a client of another environment.
func (s *Store) serves(c *maventa.Client) error {
	if name := c.Environment().Name; name != s.own.Environment.Name || c.CompanyID() == "" {
		return refusal(ErrOtherEnvironment, fmt.Sprintf("the client is of environment %q and company %q, and the store of environment %q",
			name, c.CompanyID(), s.own.Environment.Name))
	}
	return nil
}

// place is where the inbox of a company stands.
type place struct {
	checkpoint follow.Checkpoint
	text       string // the checkpoint as it is stored
	last       int64  // position
	pages      int64  // how many were stored: it moves with the checkpoint
}

const (
	inboxCompany = "SELECT last_position, pages, checkpoint FROM maventa_inbox_companies WHERE environment = ? AND company_id = ?"
	inboxInsert  = `INSERT INTO maventa_inbox_companies (environment, company_id, last_position, pages, looked_at, checkpoint)
		VALUES (?, ?, 0, 0, 0, NULL)`
	inboxStart = "UPDATE maventa_inbox_companies SET checkpoint = ?, pages = 1 WHERE environment = ? AND company_id = ? AND pages = 0"
	inboxMove  = `UPDATE maventa_inbox_companies SET last_position = ?, pages = ?, looked_at = ?, checkpoint = ?
		WHERE environment = ? AND company_id = ?`
	inboxLooked = "UPDATE maventa_inbox_companies SET looked_at = ? WHERE environment = ? AND company_id = ?"
	inboxLatest = `SELECT position, content, kind FROM maventa_inbox
		WHERE environment = ? AND company_id = ? AND assignment_id = ? AND event_key = ? ORDER BY position DESC LIMIT 1`
	inboxStore = `INSERT INTO maventa_inbox (environment, company_id, position, revises, assignment_id, event_key, content, kind,
		event_type, amount, repeat_number, event, received_at, state, voucher, ack_by, ack_why, ack_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', '', '', '', 0)`
	inboxSince = `SELECT assignment_id, event_key, content FROM maventa_inbox this
		WHERE environment = ? AND company_id = ? AND received_at >= ? AND NOT EXISTS (SELECT 1 FROM maventa_inbox later
		WHERE later.environment = this.environment AND later.company_id = this.company_id AND later.assignment_id = this.assignment_id
		AND later.event_key = this.event_key AND later.position > this.position) ORDER BY position`
)

// load makes sure that the company has its row, and reads it.
func (i *Inbox) load(ctx context.Context) (at *place, err error) {
	err = i.store.within(ctx, nil, func(q session, _ *state) error {
		if _, err := i.store.insertNew(ctx, q, inboxInsert, i.names()...); err != nil {
			return err
		}
		at, err = i.place(ctx, q, "")
		return err
	})
	return at, err
}

func (i *Inbox) place(ctx context.Context, q session, forUpdate string) (*place, error) {
	var (
		at   place
		text sql.NullString
	)
	err := q.QueryRowContext(ctx, i.store.dialect.query(inboxCompany+forUpdate), i.names()...).Scan(&at.last, &at.pages, &text)
	if err != nil {
		return nil, err
	}
	at.text = text.String
	if text.Valid {
		err = at.checkpoint.Scan(text.String)
	}
	return &at, err
}

// names are the values that begin most statements, and others after them.
func (i *Inbox) names(others ...any) []any {
	return append([]any{i.c.Environment().Name, i.c.CompanyID()}, others...)
}

// storePage stores a page and its checkpoint, or neither. Positions are given while
// the company's row is locked, up to the commit: who has read up to a position never
// finds a lower one later.
func (i *Inbox) storePage(ctx context.Context, page *follow.Page, at *place, report *LookReport) error {
	value, err := page.Checkpoint.Value()
	if err != nil {
		return err
	}
	text, _ := value.(string)
	after, stored := place{text: text}, LookReport{}
	err = i.store.within(ctx, nil, func(q session, now *state) error {
		if len(page.Items) == 0 && text == at.text {
			after = *at
			return i.store.exec(ctx, q, inboxLooked, time.Now().UnixMicro(), i.names()[0], i.names()[1])
		}
		locked, err := i.place(ctx, q, i.store.dialect.forUpdate)
		if err != nil {
			return err
		}
		if locked.pages != at.pages {
			return errMoved
		}
		// A takeover moves on the positions, too: an older backup gave some of them
		// to other events.
		after.last, after.pages = max(locked.last, now.generation/epoch*epoch), locked.pages+1
		for n := range page.Items {
			if err := i.storeItem(ctx, q, &page.Items[n], &after.last, &stored); err != nil {
				return err
			}
		}
		return i.store.exec(ctx, q, inboxMove, after.last, after.pages, time.Now().UnixMicro(), text, i.names()[0], i.names()[1])
	})
	if err != nil {
		return err
	}
	*at = after
	report.New, report.Changed, report.Missing = report.New+stored.New, report.Changed+stored.Changed, report.Missing+stored.Missing
	report.Last = after.last
	return nil
}

// storeItem stores an item, unless the inbox holds it already. What it says otherwise
// of an event that is there is a revision.
func (i *Inbox) storeItem(ctx context.Context, q session, item *follow.Item, last *int64, stored *LookReport) error {
	if err := fit(text{"assignment id", item.AssignmentID, 0, 200}, text{"event key", item.Key, 0, 255}); err != nil {
		return err
	}
	var (
		revises        int64
		content, known string
	)
	kind := item.Kind
	err := q.QueryRowContext(ctx, i.store.dialect.query(inboxLatest), i.names(item.AssignmentID, item.Key)...).Scan(&revises, &content, &known)
	switch {
	case isMissing(err):
	case err != nil:
		return err
	case content == item.Content:
		return nil
	case kind == follow.KindNew:
		kind = follow.KindChanged
	}
	event, err := decode.Marshal(&item.Event)
	if err != nil {
		return fmt.Errorf("event %s: %w", item.Key, err)
	}
	amount := sql.NullString{}
	if a, given := item.Event.Amount.Get(); given {
		amount = sql.NullString{String: a.String(), Valid: true}
	}
	eventType := string(item.Event.Type)
	*last++
	switch kind {
	case follow.KindNew:
		stored.New++
	case follow.KindChanged:
		stored.Changed++
	case follow.KindMissing:
		stored.Missing++
	}
	return i.store.exec(ctx, q, inboxStore, i.names(*last, revises, item.AssignmentID, item.Key, item.Content, string(kind),
		strings.ToValidUTF8(eventType[:min(len(eventType), 64)], ""), amount, item.Event.Repeat, string(event), time.Now().UnixMicro())...)
}

// stored gives what the inbox holds since a time, as it was last seen, for the
// comparison of the day.
func (i *Inbox) stored(ctx context.Context, since time.Time) iter.Seq2[follow.Ref, error] {
	return func(yield func(follow.Ref, error) bool) {
		err := i.store.read(ctx, func(q session) error {
			return i.store.each(ctx, q, func(scan func(...any) error) error {
				var r follow.Ref
				if err := scan(&r.AssignmentID, &r.Key, &r.Content); err != nil {
					return err
				}
				if !yield(r, nil) {
					return errLeft
				}
				return nil
			}, inboxSince, i.names(since.UnixMicro())...)
		})
		if err != nil && !errors.Is(err, errLeft) {
			yield(follow.Ref{}, err)
		}
	}
}

var errLeft = errors.New("the loop was left")

// inboxStep makes the tables; docs/following.md describes them.
var inboxStep = []string{
	`CREATE TABLE IF NOT EXISTS maventa_inbox_companies (
		environment   KEY(64) NOT NULL,
		company_id    KEY(64) NOT NULL,
		last_position BIGINT  NOT NULL,
		pages         BIGINT  NOT NULL, -- how often the checkpoint was stored
		looked_at     BIGINT  NOT NULL, -- the last page; microseconds since 1970, UTC
		checkpoint    JSON,
		PRIMARY KEY (environment, company_id)
	) ENGINE`,
	`CREATE TABLE IF NOT EXISTS maventa_inbox (
		environment   KEY(64)  NOT NULL,
		company_id    KEY(64)  NOT NULL,
		position      BIGINT   NOT NULL,
		revises       BIGINT   NOT NULL, -- the position of what it says otherwise; 0: nothing
		assignment_id KEY(200) NOT NULL,
		event_key     KEY(255) NOT NULL,
		content       KEY(64)  NOT NULL, -- a hash
		kind          KEY(16)  NOT NULL, -- new, changed or missing
		event_type    KEY(64)  NOT NULL,
		amount        KEY(64),           -- a decimal number; NULL: none
		repeat_number BIGINT   NOT NULL, -- of events without ids that are alike
		event         JSON     NOT NULL, -- as the service wrote it
		received_at   BIGINT   NOT NULL, -- microseconds since 1970, UTC
		state         KEY(16)  NOT NULL, -- open, booked, ignored or blocked
		voucher       KEY(200) NOT NULL,
		ack_by        KEY(200) NOT NULL,
		ack_why       JSON     NOT NULL,
		ack_at        BIGINT   NOT NULL, -- 0: open
		PRIMARY KEY (environment, company_id, position),
		UNIQUE (environment, company_id, assignment_id, event_key, revises)
	) ENGINE`,
	`INDEX maventa_inbox_received ON maventa_inbox (environment, company_id, received_at)`,
	`INDEX maventa_inbox_state ON maventa_inbox (environment, company_id, state, position)`,
}
