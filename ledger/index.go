package ledger

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// index is a journal in memory; the file journal adds durability. A look costs
// what it returns, however much is known.
type index struct {
	companies map[companyKey]*company
}

type companyKey struct{ environment, id string }

func companyOf(r *Record) companyKey { return companyKey{r.Environment, r.CompanyID} }

// company holds the records of one company. The keys of its maps are parts of the
// packed records: put writes them anew with each record, so that none of them holds
// on to a text that was replaced.
type company struct {
	name        companyKey
	records     map[string]*kept // by key
	open        map[string]*kept // by key
	holders     map[string]*kept // by the claim they hold
	assignments map[string]*kept // by id, the last of each; empty: transfers
}

// kept is a record in memory.
type kept struct {
	text     string // packed
	previous *kept  // of the same assignment
}

// of returns a company, an empty one if nothing is known of it.
func (x *index) of(name companyKey) *company {
	if c := x.companies[name]; c != nil {
		return c
	}
	return &company{name: name}
}

// unpack returns the record of k.
func (c *company) unpack(k *kept) (r Record) {
	r.unpack(k.text, c.name)
	return r
}

// find is Find of both journals.
func (x *index) find(key JournalKey) (Record, bool) {
	p := x.place(key)
	return p.stored, p.k != nil
}

// forAssignment is ForAssignment of both journals, oldest first.
func (x *index) forAssignment(environment, companyID, assignmentID string) (list []Record) {
	c := x.of(companyKey{environment, companyID})
	for k := c.assignments[assignmentID]; k != nil; k = k.previous {
		list = append(list, c.unpack(k))
	}
	return oldestFirst(list)
}

// pending is Pending of both journals.
func (x *index) pending(environment, companyID string) (list []Record) {
	c := x.of(companyKey{environment, companyID})
	for _, k := range c.open {
		list = append(list, c.unpack(k))
	}
	return oldestFirst(list)
}

func oldestFirst(list []Record) []Record {
	slices.SortFunc(list, func(a, b Record) int {
		return cmp.Or(a.BegunAt.Compare(b.BegunAt), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// place is where the record of a key stands, or would stand.
type place struct {
	x      *index
	c      *company
	k      *kept // nil: the key has none
	stored Record
}

func (x *index) place(key JournalKey) *place {
	p := &place{}
	p.moveTo(x, key)
	return p
}

// moveTo makes p the place of a key.
func (p *place) moveTo(x *index, key JournalKey) {
	p.x, p.c = x, x.of(companyKey{key.Environment, key.CompanyID})
	if p.k = p.c.records[key.Key]; p.k == nil {
		p.stored = Record{}
		return
	}
	p.stored.unpack(p.k.text, p.c.name)
}

// taken returns the record that keeps this one from being begun here: the one of its
// key, or the one that holds its claim.
func (p *place) taken(record *Record) (Record, bool) {
	if p.k != nil && (p.stored.Open() || p.stored.Done()) {
		return p.stored, true
	}
	if holder := p.c.holders[record.Claim]; holder != nil {
		return p.c.unpack(holder), true
	}
	return Record{}, false
}

// mayEnd reports whether record ends the one here as [Journal.End] allows.
func (p *place) mayEnd(record *Record) bool {
	r := &p.stored
	switch {
	case p.k == nil || !r.BegunAt.Equal(record.BegunAt):
		return false
	case record.Open():
		return r.Open() && record.EndedAt.IsZero() && record.Status != 0 && r.Attempt == record.Attempt
	}
	return r.Open() || r.Done() && r.isTransfer() && (record.Outcome == maventa.OutcomeRejected || record.Done() && record.InCollection != "")
}

// put stores a record here. It is the unpacked text.
func (p *place) put(r *Record, text string) {
	c := p.company()
	last := c.assignments[r.AssignmentID]
	if p.k != nil {
		delete(c.open, r.Key)
		delete(c.holders, p.stored.Holds())
	}
	if p.k != nil && p.stored.AssignmentID != r.AssignmentID { // it ended without effect, and the key was free
		c.leave(p.stored.AssignmentID, p.k)
		p.k = nil
	}
	if p.k == nil {
		p.k = &kept{previous: last}
		last = p.k
	}
	p.k.text, p.stored = text, *r
	c.records[r.Key] = p.k
	c.assignments[r.AssignmentID] = last
	if r.Open() {
		c.open[r.Key] = p.k
	}
	if claim := r.Holds(); claim != "" {
		c.holders[claim] = p.k
	}
}

// keep packs a record and stores it here.
func (p *place) keep(r *Record) error {
	kept, text, err := packOne(r)
	if err == nil {
		p.put(kept, text)
	}
	return err
}

// company returns the company of the place, which the index holds from now on.
func (p *place) company() *company {
	if p.c.records == nil {
		p.c.records, p.c.open = map[string]*kept{}, map[string]*kept{}
		p.c.holders, p.c.assignments = map[string]*kept{}, map[string]*kept{}
		if p.x.companies == nil {
			p.x.companies = map[companyKey]*company{}
		}
		p.x.companies[p.c.name] = p.c
	}
	return p.c
}

// leave takes a record out of an assignment.
func (c *company) leave(assignmentID string, k *kept) {
	next := c.assignments[assignmentID]
	if next != k {
		for next.previous != k {
			next = next.previous
		}
		next.previous = k.previous
		return
	}
	if c.assignments[assignmentID] = k.previous; k.previous == nil {
		delete(c.assignments, assignmentID)
	}
}

// replay puts a record from a file here, if the lines before it allow that: what
// begins must be free, and what ends must be open. The first line of a key may
// hold its end: the line of its beginning was pruned.
func (p *place) replay(record *Record, text string) error {
	isNote := record.Open() && p.mayEnd(record)
	if record.Open() && !isNote || p.k == nil {
		if holder, taken := p.taken(record); taken && (record.Open() || record.Holds() != "") {
			return errors.New("it begins what is taken by the key " + quoteCut(holder.Key, 64))
		}
	} else if !p.mayEnd(record) {
		return errors.New("it ends what is not open")
	}
	p.put(record, text)
	return nil
}

// aged is a record and when it began.
type aged struct {
	begun time.Time
	c     *company
	k     *kept
}

// all are the records that keep accepts, of all companies, oldest first.
func (x *index) all(keep func(*Record) bool) []aged {
	var list []aged
	for _, c := range x.companies {
		for _, k := range c.records {
			if r := c.unpack(k); keep(&r) {
				list = append(list, aged{r.BegunAt, c, k})
			}
		}
	}
	slices.SortFunc(list, func(a, b aged) int { return cmp.Or(a.begun.Compare(b.begun), cmp.Compare(a.k.text, b.k.text)) })
	return list
}
