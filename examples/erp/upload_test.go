package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// An old invoice is uploaded with PreventRouting, or the customer gets it once more.
func TestUpload(t *testing.T) {
	w := newWorld(t, agencyRopo)
	co := w.srv.Company()
	c, err := maventa.NewClient(w.job.Environment.Environment, co.Credentials(), maventa.WithHTTPClient(&w.client))
	require.NoError(t, err)
	xml, err := os.ReadFile("../send-invoice/testdata/invoice.xml")
	require.NoError(t, err)
	_, err = upload(t.Context(), c, "old/1", bytes.NewReader(xml), 0)
	require.Error(t, err)
	for range 2 {
		id, err := upload(t.Context(), c, "old/1", bytes.NewReader(xml), customerHasIt)
		require.NoError(t, err)
		state, ok := co.AX().Invoice(id)
		require.True(t, ok)
		assert.True(t, state.Unrouted)
	}
	assert.Len(t, co.AX().Invoices(), 1)
}
