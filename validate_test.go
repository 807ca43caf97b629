package maventa_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// TestValidateBodies: a body says without a client what its call would refuse, and says
// nothing of a good one.
func TestValidateBodies(t *testing.T) {
	type body interface {
		Validate(opts ...maventa.CallOption) error
	}
	amili, summary := amiliActivation(), "\xe4\xe4"
	amili.IBAN = ""
	for name, c := range map[string]struct {
		body   body
		fields []string
	}{
		"Ropo":              {ropoActivation(), nil},
		"Ropo, empty":       {maventa.RopoActivation{}, []string{"agreement_contact_email"}},
		"Amili":             {amiliActivation(), nil},
		"Amili, no IBAN":    {amili, []string{"iban"}},
		"an update":         {maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyAgency}, nil},
		"an empty update":   {maventa.AmiliUpdate{}, []string{"accountable_party"}},
		"v1":                {maventa.AmiliTransferV1{CollectionType: maventa.CollectionOnly, CollectableAmount: maventa.Some(amount("1.00"))}, nil},
		"v1 without amount": {maventa.AmiliTransferV1{CollectionType: maventa.CollectionOnly}, []string{"amounts"}},
		"v1, Windows-1252":  {maventa.AmiliTransferV1{CollectionType: maventa.CollectionOnly, CollectableAmount: maventa.Some(amount("1.00")), AssignmentSummary: summary}, []string{"assignment_summary"}},
		"a request":         {maventa.Request{Method: "POST", Path: "/things/{id}", PathValues: []string{"1"}}, nil},
		"a bad request":     {maventa.Request{Method: "POST", Path: "things"}, []string{"path"}},
		"a bad id":          {maventa.Request{Method: "POST", Path: "/things/{id}", PathValues: []string{".."}}, []string{"id"}},
	} {
		err := c.body.Validate()
		if c.fields == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, maventa.ErrValidation, name)
		assert.Equal(t, maventa.ActionFixInput, maventa.Advise(err).Action, name)
		var fields []string
		for _, f := range maventa.Advise(err).Fields {
			fields = append(fields, f.Field)
		}
		assert.Equal(t, c.fields, fields, name)
	}
	require.NoError(t, maventa.AmiliUpdate{AccountableParty: "third"}.Validate(maventa.Unchecked()), "options count")
	require.ErrorContains(t, maventa.AmiliUpdate{}.Validate(nil), "nil option")
}

// TestEveryBodyValidates: a body that checks itself before it is sent can be asked.
func TestEveryBodyValidates(t *testing.T) {
	checks := regexp.MustCompile(`(?m)^func \(\w+ \*?([A-Z]\w*)\) validate\(`)
	for _, dir := range []string{".", "ax"} {
		files, err := filepath.Glob(dir + "/*.go")
		require.NoError(t, err)
		var source strings.Builder
		for _, f := range files {
			b, err := os.ReadFile(f)
			require.NoError(t, err)
			source.Write(b)
		}
		for _, found := range checks.FindAllStringSubmatch(source.String(), -1) {
			if !slices.Contains([]string{"Address", "Client"}, found[1]) { // a part of others, and who checks them
				has := regexp.MustCompile(`(?m)^func \(\w+ ` + found[1] + `\) Validate\(opts \.\.\.`).MatchString(source.String())
				assert.True(t, has, "%s has no Validate", found[1])
			}
		}
	}
}

func TestFirstRopoDay(t *testing.T) {
	due := date("2026-02-20")
	for claim, want := range map[maventa.ReceivablesType]string{
		maventa.ReceivablesB2B: "2026-02-27", maventa.ReceivablesB2C: "2026-03-06", maventa.ReceivablesB2BRental: "2026-02-27", maventa.ReceivablesB2CRental: "2026-03-06",
		"new": "2026-03-06",
	} {
		assert.Equal(t, want, claim.FirstRopoDay(due).String(), claim)
	}
	assert.True(t, maventa.ReceivablesB2B.FirstRopoDay(maventa.Date{}).IsZero())
	transfer := ropoTransfer()
	transfer.ReceivablesType, transfer.DueDate, transfer.Today = maventa.ReceivablesB2B, due, date("2026-02-26")
	require.ErrorContains(t, transfer.Validate(), "from 2026-02-27")
	transfer.Today = transfer.ReceivablesType.FirstRopoDay(due)
	require.NoError(t, transfer.Validate(), "what the rule allows the check allows")
}
