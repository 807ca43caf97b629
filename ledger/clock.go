package ledger

import (
	"net/http"
	"time"

	"github.com/maventa-go/maventa"
)

// clockError refuses a read whose answer shows that this machine's clock is wrong.
// The answer came between asked and got; nil: its Date header, which may be
// missing, does not contradict the clock.
func clockError(h http.Header, asked, got time.Time, settle time.Duration) *maventa.Error {
	limit := max(min(5*time.Minute, settle/4), 2*time.Second)
	ahead, behind := skew(h, asked, got)
	var text string
	switch {
	case ahead > limit:
		text = "is " + ahead.Round(time.Second).String() + " ahead of"
	case behind > limit:
		text = "is " + behind.Round(time.Second).String() + " behind"
	default:
		return nil
	}
	return &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeNotSent, Kind: ErrClock,
		Hint: "the clock of this machine " + text + " the Date of the service's answer, and may differ by " +
			limit.String() + ": set it, for example with NTP, then run again",
	}
}

// skew is by how much the clock is certainly ahead of the service's or behind it.
// The service wrote its Date, cut to the second, at some moment between asked and
// got. A clock that was set in between shows as well: got is before asked then.
func skew(h http.Header, asked, got time.Time) (ahead, behind time.Duration) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0, 0
	}
	return asked.Sub(date.Add(time.Second)), date.Sub(got)
}
