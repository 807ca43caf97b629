package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/internal/decode"
)

// AckState is what became of a row of the inbox.
type AckState string

// The states of a row.
const (
	AckOpen    AckState = "open"    // not dealt with
	AckBooked  AckState = "booked"  // there is a voucher
	AckIgnored AckState = "ignored" // there is nothing to book
	AckBlocked AckState = "blocked" // it cannot be booked now: Why says it
)

// Ack says what became of a row.
type Ack struct {
	State   AckState
	Voucher string    // of the booking, up to 200 bytes
	By      string    // who says so, a program or a person, up to 200 bytes
	Why     string    // up to 2,000 bytes
	At      time.Time // when it was stored (UTC); the caller leaves it zero
}

// InboxItem is a row of the inbox.
type InboxItem struct {
	// Position is higher than that of each row that was stored before. There are gaps.
	Position int64
	// Revises is the position of the row that said before what this event is, 0 if
	// there is none. If that one was booked, the booking is to be corrected.
	Revises int64
	// Item has the kind: new, changed or missing. Without ids a changed event shows as
	// a missing one and a new one.
	follow.Item

	ReceivedAt time.Time // when it was stored (UTC)
	Ack        Ack
}

const inboxRows = `SELECT position, revises, assignment_id, event_key, content, kind, repeat_number, event, received_at,
	state, voucher, ack_by, ack_why, ack_at FROM maventa_inbox WHERE environment = ? AND company_id = ?`

// After returns the rows behind a position, in their order, at most limit: 0 is 100,
// and more than 1,000 are not given at once. With states it returns only those: the
// work that is left is After(ctx, 0, 0, [AckOpen]), and [AckBlocked] what to try again.
//
// A program that goes through all of them, position by position, misses none: none is
// stored later with a lower position.
func (i *Inbox) After(ctx context.Context, position int64, limit int, states ...AckState) ([]InboxItem, error) {
	query, args := inboxRows+" AND position > ?", i.names(position)
	if len(states) > 0 {
		query += " AND state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		for _, state := range states {
			args = append(args, string(state))
		}
	}
	list, err := i.rows(ctx, query+" ORDER BY position LIMIT ?", append(args, rowsOf(limit))...)
	return list, i.store.failed("Inbox.After", err)
}

// History returns what the inbox knows of one event, in the order it came: the first
// row, and its revisions.
func (i *Inbox) History(ctx context.Context, assignmentID, key string) ([]InboxItem, error) {
	list, err := i.rows(ctx, inboxRows+" AND assignment_id = ? AND event_key = ? ORDER BY position", i.names(assignmentID, key)...)
	return list, i.store.failed("Inbox.History", err)
}

func (i *Inbox) rows(ctx context.Context, query string, args ...any) (list []InboxItem, err error) {
	if err := i.store.serves(i.c); err != nil {
		return nil, err
	}
	err = i.store.reading(ctx, i.tx, func(q session) error {
		list, err = i.store.inboxItems(ctx, q, query, args...)
		return err
	})
	return list, err
}

func (s *Store) inboxItems(ctx context.Context, q session, query string, args ...any) (list []InboxItem, err error) {
	err = s.each(ctx, q, func(scan func(...any) error) error {
		var (
			row                        InboxItem
			kind, state                string
			event                      []byte
			repeat                     int
			receivedAt, acknowledgedAt int64
		)
		err := scan(&row.Position, &row.Revises, &row.AssignmentID, &row.Key, &row.Content, &kind, &repeat, &event, &receivedAt,
			&state, &row.Ack.Voucher, &row.Ack.By, &row.Ack.Why, &acknowledgedAt)
		if err != nil {
			return err
		}
		if err := decode.Decode(event, &row.Event); err != nil {
			return fmt.Errorf("the row at position %d cannot be read: %w", row.Position, err)
		}
		row.Kind, row.Event.Repeat, row.ReceivedAt = follow.Kind(kind), repeat, time.UnixMicro(receivedAt).UTC()
		if row.Ack.State = AckState(state); acknowledgedAt != 0 {
			row.Ack.At = time.UnixMicro(acknowledgedAt).UTC()
		}
		list = append(list, row)
		return nil
	}, query, args...)
	return list, err
}

const (
	inboxAck    = "SELECT state, voucher FROM maventa_inbox WHERE environment = ? AND company_id = ? AND position = ?"
	inboxAckSet = `UPDATE maventa_inbox SET state = ?, voucher = ?, ack_by = ?, ack_why = ?, ack_at = ?
		WHERE environment = ? AND company_id = ? AND position = ?`
)

// Acknowledge notes what became of a row. It is booked with its voucher, ignored, or
// blocked, which any of the three may follow. A row that is booked stays booked: the same
// voucher once more is no error, and changes nothing; anything else is [ErrBooked]. A
// position without a row is [maventa.ErrNotFound].
func (i *Inbox) Acknowledge(ctx context.Context, position int64, ack Ack) error {
	return i.store.failed("Inbox.Acknowledge", i.acknowledge(ctx, position, ack))
}

func (i *Inbox) acknowledge(ctx context.Context, position int64, ack Ack) error {
	least := map[AckState]text{
		AckBooked:  {"voucher", ack.Voucher, 1, 200},
		AckIgnored: {"why", ack.Why, 0, mostWhy},
		AckBlocked: {"why", ack.Why, 1, mostWhy},
	}
	needed, known := least[ack.State]
	if !known {
		return invalid(maventa.FieldProblem{Field: "state", Problem: "must be booked, ignored or blocked"})
	}
	if err := fit(needed, text{"by", ack.By, 1, mostWho}, text{"voucher", ack.Voucher, 0, 200}, text{"why", ack.Why, 0, mostWhy}); err != nil {
		return err
	}
	if err := i.store.serves(i.c); err != nil {
		return err
	}
	return i.store.within(ctx, i.tx, func(q session, _ *state) error {
		var state, voucher string
		err := q.QueryRowContext(ctx, i.store.dialect.query(inboxAck+i.store.dialect.forUpdate), i.names(position)...).Scan(&state, &voucher)
		switch {
		case isMissing(err):
			return refusal(maventa.ErrNotFound, fmt.Sprintf("there is no row at position %d", position))
		case err != nil:
			return err
		case AckState(state) == AckBooked && ack.State == AckBooked && voucher == ack.Voucher:
			return nil
		case AckState(state) == AckBooked:
			return refusal(ErrBooked, fmt.Sprintf("the row at position %d was booked with voucher %q, and stays so: correct that booking", position, voucher))
		}
		return i.store.exec(ctx, q, inboxAckSet, append([]any{string(ack.State), ack.Voucher, ack.By, ack.Why, time.Now().UnixMicro()}, i.names(position)...)...)
	})
}
