package worker

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/sqlstore"
)

// event is a row of the inbox.
type event struct {
	Position     int64       `json:"position"`
	Revises      int64       `json:"revises,omitzero"` // the row that said before what this event is
	Kind         follow.Kind `json:"kind"`             // new, changed or missing
	AssignmentID string      `json:"assignment_id"`
	EventKey     string      `json:"event_key"` // the same of all rows of one event

	EventID       string              `json:"event_id,omitzero"`
	Type          maventa.EventType   `json:"type,omitzero"`
	Amount        string              `json:"amount,omitzero"`
	Date          maventa.Date        `json:"date,omitzero"`
	Comment       string              `json:"comment,omitzero"`
	InvoiceNumber string              `json:"invoice_number,omitzero"`
	DueDate       maventa.Date        `json:"due_date,omitzero"`
	Until         maventa.Date        `json:"until,omitzero"`
	Author        maventa.EventAuthor `json:"author,omitzero"`
	CreatedAt     time.Time           `json:"created_at,omitzero"`

	ReceivedAt     time.Time         `json:"received_at"`
	State          sqlstore.AckState `json:"state"`
	Voucher        string            `json:"voucher,omitzero"`
	Why            string            `json:"why,omitzero"`
	AcknowledgedBy string            `json:"acknowledged_by,omitzero"`
	AcknowledgedAt time.Time         `json:"acknowledged_at,omitzero"`
}

func eventOf(i *sqlstore.InboxItem) event {
	e := event{
		Position: i.Position, Revises: i.Revises, Kind: i.Kind, AssignmentID: i.AssignmentID, EventKey: i.Key,
		EventID: i.Event.ID, Type: i.Event.Type, Date: i.Event.Date, Comment: i.Event.Comment, InvoiceNumber: i.Event.InvoiceNumber,
		DueDate: i.Event.DueDate, Until: i.Event.Until, Author: i.Event.Author, CreatedAt: i.Event.CreatedAt,
		ReceivedAt: i.ReceivedAt, State: i.Ack.State, Voucher: i.Ack.Voucher, Why: i.Ack.Why,
		AcknowledgedBy: i.Ack.By, AcknowledgedAt: i.Ack.At,
	}
	if amount, given := i.Event.Amount.Get(); given {
		e.Amount = amount.String()
	}
	return e
}

func (a *api) events(c *request) (int, any, error) {
	const most = 1<<63 - 1
	after, err := c.number("after", 0, most)
	if err != nil {
		return 0, nil, err
	}
	limit, err := c.number("limit", 1, mostRows)
	if err != nil {
		return 0, nil, err
	}
	states, err := c.states()
	if err != nil {
		return 0, nil, err
	}
	items, err := a.Events(c.Context(), c.company, after, int(limit), states...)
	if err != nil {
		return 0, nil, err
	}
	answer := struct {
		Events []event `json:"events"`
		Next   int64   `json:"next"` // to be given as after
	}{make([]event, len(items)), after}
	for i := range items {
		answer.Events[i], answer.Next = eventOf(&items[i]), items[i].Position
	}
	return http.StatusOK, answer, nil
}

// states are those that are asked for, separated by commas.
func (c *request) states() (states []sqlstore.AckState, err error) {
	text := c.URL.Query().Get("state")
	if text == "" {
		return nil, nil
	}
	for s := range strings.SplitSeq(text, ",") {
		switch state := sqlstore.AckState(s); state {
		case sqlstore.AckOpen, sqlstore.AckBooked, sqlstore.AckIgnored, sqlstore.AckBlocked:
			states = append(states, state)
		default:
			return nil, invalid(maventa.FieldProblem{Field: "state", Problem: "must be open, booked, ignored or blocked, or several of them with commas"})
		}
	}
	return states, nil
}

func (a *api) acknowledge(c *request) (int, any, error) {
	position, err := strconv.ParseInt(c.PathValue("position"), 10, 64)
	if err != nil {
		return 0, nil, invalid(maventa.FieldProblem{Field: "position", Problem: "must be a number"})
	}
	var body struct {
		State   sqlstore.AckState `json:"state"`
		Voucher string            `json:"voucher"`
		Who     string            `json:"who"`
		Why     string            `json:"why"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	ack := sqlstore.Ack{State: body.State, Voucher: body.Voucher, By: c.who(body.Who), Why: body.Why}
	return http.StatusNoContent, nil, a.Acknowledge(c.Context(), c.company, position, ack)
}
