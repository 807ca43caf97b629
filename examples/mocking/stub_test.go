package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// Third way: a stub of one's own, behind the interface.
type stub struct {
	added  []maventa.NewEvent
	answer func(n int) error // to the nth call, counted from 1
}

func (s *stub) AddEvent(_ context.Context, _ string, event maventa.NewEvent, _ ...maventa.CallOption) (*maventa.Event, error) {
	s.added = append(s.added, event)
	if s.answer != nil {
		if err := s.answer(len(s.added)); err != nil {
			return nil, err
		}
	}
	return &maventa.Event{ID: "e", Type: event.Type}, nil
}

func TestWithStub(t *testing.T) {
	assignments := &stub{}
	payments := []BankPayment{payment("a-1", "40.50")}

	require.NoError(t, ReportBankPayments(t.Context(), assignments, payments))

	assert.Equal(t, []maventa.NewEvent{maventa.DirectPayment(maventa.MustAmount("40.50"), maventa.MustDate("2026-11-02"))}, assignments.added)
	assert.Equal(t, []PaymentState{Reported}, states(payments))
}

func TestOnlyNewOnesAreReported(t *testing.T) {
	assignments := &stub{}
	payments := []BankPayment{payment("a-1", "1.00"), payment("a-2", "2.00"), payment("a-3", "3.00"), payment("a-4", "4.00")}
	payments[0].State, payments[1].State, payments[2].State = Reported, Unclear, Refused

	require.NoError(t, ReportBankPayments(t.Context(), assignments, payments))

	assert.Len(t, assignments.added, 1)
	assert.Equal(t, []PaymentState{Reported, Unclear, Refused, Reported}, states(payments))
}

// A stub can return a sentinel of the SDK as it is.
func TestOutcomeUnknown(t *testing.T) {
	assignments := &stub{answer: func(int) error { return maventa.ErrOutcomeUnknown }}
	payments := []BankPayment{payment("a-1", "40.50")}

	require.NoError(t, ReportBankPayments(t.Context(), assignments, payments))
	require.NoError(t, ReportBankPayments(t.Context(), assignments, payments))

	assert.Equal(t, []PaymentState{Unclear}, states(payments))
	assert.Len(t, assignments.added, 1, "not sent again")
}

// An *maventa.Error can be made by hand: its exported fields decide.
func TestNothingSent(t *testing.T) {
	assignments := &stub{answer: func(n int) error {
		if n == 2 {
			return &maventa.Error{Operation: "Assignments.AddEvent", Phase: maventa.PhaseAuth, Outcome: maventa.OutcomeNotSent}
		}
		return nil
	}}
	payments := []BankPayment{payment("a-1", "1.00"), payment("a-2", "2.00"), payment("a-3", "3.00")}

	err := ReportBankPayments(t.Context(), assignments, payments)

	require.ErrorIs(t, err, maventa.ErrAuth)
	assert.Equal(t, []PaymentState{Reported, New, New}, states(payments))
}
