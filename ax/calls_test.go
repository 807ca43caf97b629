package ax_test

import (
	"testing"

	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/operation"
)

func TestAXCalls(t *testing.T) {
	ct.Complete(t, axCases(), operation.AX())
	ct.Requests(t, axCases())
}

func TestAXCallIDs(t *testing.T)      { ct.IDs(t, axCases()) }
func TestAXCallCanaries(t *testing.T) { ct.Canaries(t, axCases()) }
func TestAXInferred(t *testing.T)     { ct.InferredWrites(t, axCases()) }
func TestAXUnmade(t *testing.T)       { ct.Unmade(t, axCases()) }

func FuzzAXPath(f *testing.F)   { ct.FuzzPath(f, axCases()) }
func FuzzAXAnswer(f *testing.F) { ct.FuzzAnswer(f, axCases()) }

// TestAXScorecard computes what the calls of AX add to the scorecard.
func TestAXScorecard(t *testing.T) {
	s := &ct.Scorecard{}
	all := axCases()
	t.Run("matrix in memory", func(t *testing.T) { s.Matrix(t, all) })
	t.Run("matrix over TCP", func(t *testing.T) { s.TCP(t, ofEachKind(t, all)) })
	t.Run("redirects", func(t *testing.T) { s.Redirects(t, all) })
	t.Run("ids", func(t *testing.T) { s.IDs(t, all) })
	t.Run("server text", func(t *testing.T) { s.ServerText(t, all) })
	s.Log(t)
}

// ofEachKind: how a call is sent does not depend on which one it is but on what
// it carries, so over TCP one of each kind is enough: a streamed file, a form
// with keys and without a token, a body, and none.
func ofEachKind(t *testing.T, cases []ct.Case) (some []ct.Case) {
	for _, name := range []string{"Invoices.Send", "Companies.Create", "OPInvoiceCredit.Withdraw", "Company.KeepActive"} {
		some = append(some, ct.Find(t, cases, name))
	}
	return some
}
