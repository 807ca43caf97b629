package maventatest

import (
	"errors"
	"fmt"
	"testing"
)

// noTest stands in for the test of a server made with Start, so that a control
// reports its misuse in one way. Only the methods below are ever called.
type noTest struct {
	testing.TB // nil

	report func(error)
}

func (*noTest) Helper() {}

func (*noTest) Cleanup(func()) {}

func (n *noTest) Fatalf(format string, args ...any) {
	if n.report != nil {
		n.report(errors.New("maventatest: " + fmt.Sprintf(format, args...)))
	}
}
