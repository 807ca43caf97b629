package ledgermodel

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// Caution measures how often the ledger asks a person although it need not: of so
// many lost reports, with payments of clearly different amounts that the agency
// booked in between, it returns how many settled by running again, and how many
// settled wrongly.
func Caution(t *testing.T, reports int) (settled, wrong int) {
	t.Helper()
	for seed := uint64(0); reports > 0; seed++ {
		synctest.Test(t, func(t *testing.T) {
			c := newCase(t, rand.New(rand.NewPCG(seed, 2)))
			if c.report() == nil {
				return // the fault was one that loses nothing
			}
			reports--
			c.agencyBooks()
			time.Sleep(c.settle)
			switch err := c.report(); {
			case err == nil && c.sent() != 1:
				wrong++
			case err == nil:
				settled++
			case !errors.Is(err, ledger.ErrPossibleDuplicate):
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	return settled, wrong
}

// lostCase is one report that is lost.
type lostCase struct {
	random *rand.Rand
	srv    *maventatest.Server
	ledger *ledger.Ledger
	settle time.Duration
	id     string
	entry  ledger.Entry
	cents  int64
}

func newCase(t *testing.T, random *rand.Rand) *lostCase {
	wires := maventatest.Wires()
	wire := wires[random.IntN(len(wires))]
	wire.NoAuthors = random.IntN(3) > 0 // or it would be too easy
	c := &lostCase{random: random, settle: 15 * time.Minute, cents: 100 + random.Int64N(500_000)}
	c.srv = maventatest.NewServer(t, maventatest.WithWire(wire), maventatest.WithLags(maventatest.Lags{Event: upTo(random, time.Minute)}))
	c.id = c.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100000.00"})
	c.ledger = ledger.New(c.srv.Client(t), ledger.NewMemory(), ledger.SettleTime(c.settle))
	c.entry = ledger.Entry{Key: "bank-1", Event: maventa.DirectPayment(euros(c.cents), maventa.MustDate(day))}
	for range random.IntN(3) { // what was there before
		c.agencyBooks()
	}
	time.Sleep(time.Hour)
	w := &world{quarter: c.settle / 4}
	lost := w.lostAnswers()
	c.srv.Inject(lost[random.IntN(len(lost))].On(addEvent))
	return c
}

func euros(cents int64) maventa.Amount {
	return maventa.MustAmount(fmt.Sprintf("%d.%02d", cents/100, cents%100))
}

// agencyBooks a payment that nobody takes for the reported one: not its amount,
// nor in cents, nor what is left of it.
func (c *lostCase) agencyBooks() {
	for range 1 + c.random.IntN(2) {
		cents := 100 + c.random.Int64N(500_000)
		for {
			difference := max(cents-c.cents, c.cents-cents)
			if difference > 1 && difference*1000 > c.cents && cents != c.cents*100 && cents*100 != c.cents {
				break
			}
			cents = 100 + c.random.Int64N(500_000)
		}
		c.srv.Agency().Paid(c.id, euros(cents).String(), maventa.MustDate(day).AddDays(-c.random.IntN(3)).String())
	}
}

func (c *lostCase) report() error {
	_, err := c.ledger.EnsureEvent(context.Background(), c.id, c.entry)
	return err
}

// sent counts the events of the sender.
func (c *lostCase) sent() (n int) {
	a, _ := c.srv.Assignment(c.id)
	for _, e := range a.Events {
		if e.Author == "sender" {
			n++
		}
	}
	return n
}
