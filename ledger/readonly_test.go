package ledger_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// TestReadOnly: a dry run says what would be sent, sends nothing and leaves the key free.
func TestReadOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.use(l.srv.Client(t, maventa.ReadOnly()), l.journal)
		_, err := l.ensure(payment("k", "10.00"))
		require.ErrorIs(t, err, maventa.ErrReadOnly)
		assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
		assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
		assert.Zero(t, l.posts())
		l.use(l.srv.Client(t), l.journal)
		ensured, err := l.ensure(payment("k", "10.00"))
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
	})
}
