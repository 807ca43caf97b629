package ax_test

import (
	"time"

	"github.com/maventa-go/maventa"
)

// amount, date and utc are constants of the tests.
func amount(s string) maventa.Amount { return maventa.MustAmount(s) }
func date(s string) maventa.Date     { return maventa.MustDate(s) }

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err) // a constant of a test
	}
	return t
}

// onlyErr drops a call's value.
func onlyErr[T any](_ T, err error) error { return err }
