package calltest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// idCall is a call with one id of its path still open.
type idCall struct {
	Case
	op    *operation.Op
	index int    // of the id in the path
	param string // its name
}

// idCalls are all of them, but for the ids that are numbers.
func idCalls(t testing.TB, cases []Case) (calls []idCall) {
	t.Helper()
	for _, c := range cases {
		op := c.op(t)
		if strings.HasPrefix(c.Name, "ODP.") {
			continue // its ids are numbers
		}
		for i, param := range pathParams(op) {
			calls = append(calls, idCall{c, op, i, param})
		}
	}
	return calls
}

func (c idCall) String() string { return c.Name + " " + c.param }

// call makes it with an id, and with good ones in the other places.
func (c idCall) call(ctx context.Context, client *maventa.Client, id string) error {
	ids := slices.Clone(c.IDs)
	ids[c.index] = id
	_, err := c.Call(ctx, client, ids...)
	return err
}

// badIDs could leave their segment of the path, or could be no id at all.
var badIDs = []string{
	"", ".", "..", "../x", "a/b", "/", "/a", `\`, `..\x`, `a\b`, "a%2fb", "a%2Fb", "%2e%2e", "%", "a\nb", "\n", "a\r\nHost: evil", "a\r\nX-Evil: 1",
	"\x00", "a\x00b", "\x7f", "a\x7fb", "a\u0085b", strings.Repeat("x", 201), "\xff", "a\xffb", "overview/../x", "?/..",
}

// IDs gives each call ids that could leave their place in the path: each is
// refused by the name of its parameter, before anything is sent.
func IDs(t *testing.T, cases []Case) {
	for _, c := range idCalls(t, cases) {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			m := NewMock(t)
			for _, id := range append(slices.Clone(badIDs), c.op.Siblings...) {
				if slices.Contains(c.op.Siblings, id) && c.index > 0 {
					continue // a literal stands beside the first id only
				}
				err := c.call(t.Context(), m.Client, id)
				if assert.Error(t, err, "%q", id) {
					e := Refused(t, err, c.param)
					assert.Equal(t, c.Name, e.Operation)
					assert.Empty(t, e.Target, "a refused id is not shown")
					assert.NotContains(t, err.Error(), "Evil")
					if slices.Contains(c.op.Siblings, id) {
						assert.ErrorContains(t, err, id)
					}
				}
			}
			m.NothingSent()
		})
	}
}

// InferredWrites makes each call on Production: those that rest on guessed names
// need a word from the caller.
func InferredWrites(t *testing.T, cases []Case) {
	for _, c := range cases {
		m := NewMockFor(t, maventa.Production)
		m.OnAny()
		_, err := c.call(t.Context(), m.Client)
		if !c.op(t).InferredWrite {
			assert.NotErrorIs(t, err, maventa.ErrInferredWrite, c.Name)
			continue
		}
		require.ErrorIs(t, err, maventa.ErrInferredWrite, c.Name)
		e := Failure(t, err)
		assert.Equal(t, maventa.PhaseBuild, e.Phase)
		assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
		assert.ErrorContains(t, err, "AllowInferredWrites")
		m.NothingSent()

		m = NewMockFor(t, maventa.Production, AllWrites())
		sent := m.OnAny()
		_, err = c.call(t.Context(), m.Client)
		require.NoError(t, err)
		assert.Contains(t, *sent, ".maventa.com/")
		assert.NotContains(t, *sent, "stage")
	}
}

// Unmade makes each call with a client that was not made by NewClient: it is
// refused.
func Unmade(t *testing.T, cases []Case) {
	for _, c := range cases {
		assert.NotPanics(t, func() {
			_, err := c.call(t.Context(), &maventa.Client{})
			assert.Equal(t, maventa.OutcomeNotSent, Failure(t, err).Outcome, c.Name)
		}, c.Name)
	}
}

// AllWrites allows every write with inferred names.
func AllWrites() maventa.CompanyOption {
	return maventa.AllowInferredWrites(
		maventa.EventPaid, maventa.EventCreditNote, maventa.EventComment, maventa.EventClose, maventa.EventDueDateChange,
		maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditLoss,
		maventa.WriteTransferToRopo, maventa.WriteTransferToAmili, maventa.WriteServiceLevel,
	)
}
