package ledger_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/maventatest"
)

// TestListsThatHide: a lost report is there, and the lists of events do not show
// it: in the first read, in the second, in all. Nothing is concluded from such a
// list, so the payment is not sent again, and a list that is whole settles it.
func TestListsThatHide(t *testing.T) {
	faults := map[string]maventatest.Fault{
		"old":            maventatest.OldList(time.Hour),
		"partial":        maventatest.PartialList(),
		"list twice":     maventatest.MemberTwice("data"),
		"id twice":       maventatest.MemberTwice("id"),
		"first page":     maventatest.RepeatPage(),
		"a page":         maventatest.HTML(200),
		"404 of a proxy": maventatest.Status(404, maventatest.ForeignBodies()[2]),
	}
	for _, body := range []string{
		`{"errors":[]}`, `{"code":"unauthorized","message":"no access","details":[]}`, `{"data":{"items":[{"id":"x"}]},"errors":[]}`,
		`{"events":null,"messages":[]}`, `{"events":[],"partial":true}`, `{"events":[],"has_more":true}`, `{}`, `null`, ``, `{"events":{}}`,
		`{"items":[],"error":"timeout"}`, `{"status":503,"title":"Service Unavailable","data":[]}`,
	} {
		faults[body] = maventatest.Status(200, body)
	}
	for name, fault := range faults {
		for when, f := range map[string]maventatest.Fault{
			"first": fault, "second": fault.Nth(2), "both": fault.Times(2), "always": fault.Times(maventatest.Always),
		} {
			for _, wire := range []maventatest.Wire{{}, {Envelope: true}, {Envelope: true, NoPagingHeaders: true}, {NoPaging: true}} {
				synctest.Test(t, func(t *testing.T) {
					at := fmt.Sprintf("%s, %s, %+v", name, when, wire)
					l := newBooks(t, maventatest.WithWire(wire))
					_, err := l.ensure(payment("bank-0", "9.00"))
					assert.NoError(t, err)
					l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
					_, err = l.ensure(payment("bank-1", "40.00"))
					assert.True(t, isUnknown(err), "%s: %v", at, err)
					time.Sleep(20 * time.Minute)
					l.srv.Inject(f.On("Assignments.Events"))
					_, err = l.ensure(payment("bank-1", "40.00"))
					assert.True(t, err == nil || isUnknown(err), "%s: %v", at, err)
					l.srv.ClearFaults()
					_, err = l.ensure(payment("bank-1", "40.00"))
					assert.NoError(t, err, at)
					assert.Equal(t, 2, l.posts(), at)
					_, err = l.ensure(payment("bank-2", "40.00")) // an equal one: a second entry
					assert.NoError(t, err, at)
					assert.Equal(t, 3, sentPayments(l.srv, l.id), at)
				})
			}
		}
	}
}
