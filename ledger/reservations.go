package ledger

import (
	"context"
	"sync"

	"github.com/maventa-go/maventa"
)

// MemoryReservations are [Reservations] of one process, which end with it. Make them
// with [NewReservations].
type MemoryReservations struct {
	mu   sync.Mutex
	used map[Reservation]map[JournalKey]maventa.Amount // by what they are of
}

// NewReservations returns empty reservations.
func NewReservations() *MemoryReservations {
	return &MemoryReservations{used: map[Reservation]map[JournalKey]maventa.Amount{}}
}

// Reserve implements [Reservations].
func (m *MemoryReservations) Reserve(_ context.Context, r Reservation) (allowed bool, err error) {
	of := Reservation{Of: r.Of, Across: r.Across, Key: JournalKey{Environment: r.Key.Environment}}
	if !r.Across {
		of.Key.CompanyID = r.Key.CompanyID
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	others := m.used[of]
	count, sum := 1, r.Amount
	for key, amount := range others {
		if key == r.Key {
			continue
		}
		count++
		if sum, err = sum.Add(amount); err != nil {
			return false, err
		}
	}
	if !r.Limit.Allows(count, sum) {
		return false, nil
	}
	if others == nil {
		others = map[JournalKey]maventa.Amount{}
		m.used[of] = others
	}
	others[r.Key] = r.Amount
	return true, nil
}
