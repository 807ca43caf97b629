package maventa_test

import (
	"testing"

	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/operation"
)

func TestCalls(t *testing.T) {
	ct.Complete(t, cases(), operation.Core())
	ct.Requests(t, cases())
}

func TestCallIDs(t *testing.T)      { ct.IDs(t, cases()) }
func TestCallCanaries(t *testing.T) { ct.Canaries(t, cases()) }
