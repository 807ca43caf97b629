package ledger

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
)

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
