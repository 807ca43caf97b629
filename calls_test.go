package maventa_test

import (
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
		"ax":          {axCases(), operation.AX()},
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
