package maventatest

import (
	"slices"
	"strings"
	"time"
)

// dueQueue holds what happens later, the earliest first.
type dueQueue[T any] []dueItem[T]

type dueItem[T any] struct {
	at   time.Time
	item T
}

// add puts an item behind those that are due at the same time.
func (q *dueQueue[T]) add(at time.Time, item T) {
	i, _ := slices.BinarySearchFunc(*q, at, func(other dueItem[T], at time.Time) int {
		if other.at.After(at) {
			return 1
		}
		return -1
	})
	*q = slices.Insert(*q, i, dueItem[T]{at, item})
}

// next takes out the earliest item that is due.
func (q *dueQueue[T]) next(now time.Time) (item T, ok bool) {
	if len(*q) == 0 || now.Before((*q)[0].at) {
		return item, false
	}
	item = (*q)[0].item
	(*q)[0] = dueItem[T]{}
	*q = (*q)[1:]
	return item, true
}

// foldedID is an id as the maps of ids have it: they are found in any case.
func foldedID(id string) string { return strings.ToLower(id) }
