package ledger

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
)

func TestIsNear(t *testing.T) {
	for _, c := range []struct {
		got, ours string
		want      bool
	}{
		{"64.10", "64.10", true},
		{"64.10000000000001", "64.10", true},
		{"5.05999999995", "5.06", true},
		{"64.099999999999994", "64.10", true},
		{"40.01", "40.00", true},   // a cent
		{"40.02", "40.00", true},   // less than 0.1 %
		{"40.04", "40.00", true},   // 0.1 %
		{"40.05", "40.00", false},  // more
		{"39.96", "40.00", true},   // below
		{"39.95", "40.00", false},  // more, below
		{"0.02", "0.01", true},     // a cent
		{"0.03", "0.01", false},    // more
		{"10001", "10000", true},   // 0.1 % of a large one
		{"10011", "10000", false},  // more
		{"-40.00", "40.00", true},  // sign
		{"-40.05", "40.00", false}, // sign, and more
		{"40.00", "-40.00", true},
		{"4000", "40.00", true},   // cents for euros
		{"-4000", "40.00", true},  // and a sign
		{"4004", "40.00", true},   // and 0.1 %
		{"4005", "40.00", false},  // and more
		{"0.40", "40.00", true},   // euros for cents
		{"0.4004", "40.00", true}, //
		{"0.41", "40.00", true},   //
		{"0.42", "40.00", false},
		{"400", "40.00", false},   // factor 10 is none
		{"0", "40.00", false},     //
		{"41.00", "40.00", false}, //
		{"80.00", "40.00", false}, //
		{"9223372036854775807", "1", false},
		{"0.000000000000000001", "40.00", false},
		{"1", "92233720368547758.07", true}, // times 100 it cannot be written: nobody can tell
	} {
		assert.Equal(t, c.want, isNear(maventa.MustAmount(c.got), maventa.MustAmount(c.ours)), "%s for %s", c.got, c.ours)
	}
}

func TestParts(t *testing.T) {
	many := []string{"1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1"}
	for _, c := range []struct {
		ours string
		got  []string
		want int // parts
	}{
		{"40.00", nil, 0},
		{"40.00", []string{"30.00"}, 0},
		{"40.00", []string{"30.00", "10.00"}, 2},
		{"40.00", []string{"30.00", "7.00", "10.00"}, 2},
		{"40.00", []string{"20", "15", "5", "100"}, 3},
		{"40.00", []string{"50.00", "-10.00"}, 2},
		{"40.00", []string{"-30.00", "-10.00"}, 2},
		{"40.00", []string{"3000", "1000"}, 2}, // cents
		{"40.00", []string{"30.00", "10.0000000001"}, 2},
		{"40.00", []string{"30.00", "11.00"}, 0},
		{"40.00", []string{"12.00", "13.00", "17.00"}, 0},
		{"40.00", many, len(many)},                                           // too many to try
		{"40.00", []string{"9223372036854775807", "9223372036854775807"}, 2}, // no sum can be written
	} {
		event := maventa.DirectPayment(maventa.MustAmount(c.ours), maventa.MustDate("2026-11-20"))
		var events []*maventa.Event
		for _, text := range c.got {
			events = append(events, &maventa.Event{Type: maventa.EventPaid, Amount: maventa.Some(maventa.MustAmount(text))})
		}
		assert.Len(t, want{NewEvent: &event}.parts(events), c.want, "%s of %v", c.ours, c.got)
	}
	comment := maventa.Comment("Hei")
	assert.Empty(t, want{NewEvent: &comment}.parts(make([]*maventa.Event, 3)))
}

// What a record holds is what was sent, as far as it goes.
func TestResembles(t *testing.T) {
	paid := maventa.DirectPayment(maventa.MustAmount("40.00"), maventa.MustDate("2026-11-20"))
	comment := maventa.Comment("a promise to pay")
	elsewhere := paid
	assert.NoError(t, elsewhere.Extra.Set("amount", 4000))
	otherType := paid
	assert.NoError(t, otherType.Extra.Set("type", "payment"))
	some := func(a string) maventa.Opt[maventa.Amount] { return maventa.Some(maventa.MustAmount(a)) }
	for _, c := range []struct {
		name  string
		ours  maventa.NewEvent
		found maventa.Event
		want  bool
	}{
		{"years later", paid, maventa.Event{Type: "paid", Amount: some("40"), Date: maventa.MustDate("2029-01-01")}, true},
		{"no amount", paid, maventa.Event{Type: "paid"}, true},
		{"unknown type, no amount", paid, maventa.Event{Type: "letter"}, true},
		{"no type", paid, maventa.Event{Amount: some("40")}, true},
		{"unknown type, other amount", paid, maventa.Event{Type: "letter", Amount: some("5")}, false},
		{"another type", paid, maventa.Event{Type: "reminder", Amount: some("40")}, false},
		{"another type, but ours is overridden", otherType, maventa.Event{Type: "reminder", Amount: some("40")}, true},
		{"amount overridden", elsewhere, maventa.Event{Type: "paid", Amount: some("999")}, true},
		{"another text", comment, maventa.Event{Type: "comment", Comment: "hello"}, true},
		{"a payment is no comment", comment, maventa.Event{Type: "paid"}, false},
	} {
		assert.Equal(t, c.want, want{NewEvent: &c.ours}.resembles(&c.found), c.name)
	}
}
