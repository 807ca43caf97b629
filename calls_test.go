package maventa_test

import (
	"slices"
	"strings"
	"testing"

	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/operation"
)

func TestCalls(t *testing.T) {
	for name, table := range map[string]struct {
		cases []ct.Case
		rows  []operation.ID
	}{
		"receivables": {cases(), operation.Core()},
		"ax":          {axCases(), slices.DeleteFunc(operation.AX(), func(id operation.ID) bool { return isTwin(id.Name) })},
	} {
		t.Run(name, func(t *testing.T) {
			ct.Complete(t, table.cases, table.rows)
			ct.Requests(t, table.cases)
			ct.IDs(t, table.cases)
			ct.Canaries(t, table.cases)
			ct.InferredWrites(t, table.cases)
		})
	}
}

// isTwin: a call of Amili's v1 that stands in the table twice.
func isTwin(name string) bool {
	return strings.HasPrefix(name, "Amili.") && strings.HasSuffix(name, "V1")
}
