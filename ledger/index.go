package ledger

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/maventa-go/maventa"
)

// index is a journal in memory; the file journal adds durability. A look costs
// what it returns, however much is known.
type index struct {
	companies map[companyKey]*company
}

type companyKey struct{ environment, id string }

// company holds the records of one company. None of them is handed out: who gets
// one may change it.
type company struct {
	records     map[string]*Record   // by key
	open        map[string]*Record   // by key
	holders     map[string]*Record   // by the claim they hold
	assignments map[string][]*Record // by id; empty: transfers
}

// of returns the company of a record or key, an empty one if nothing is known.
func (x *index) of(key JournalKey) *company {
	if c := x.companies[companyKey{key.Environment, key.CompanyID}]; c != nil {
		return c
	}
	return &company{}
}

// find is Find of both journals.
func (x *index) find(key JournalKey) (Record, bool) {
	r, ok := x.of(key).records[key.Key]
	if !ok {
		return Record{}, false
	}
	return clone(*r), true
}

// forAssignment is ForAssignment of both journals, oldest first.
func (x *index) forAssignment(environment, companyID, assignmentID string) []Record {
	return oldestFirst(x.of(JournalKey{Environment: environment, CompanyID: companyID}).assignments[assignmentID])
}

// pending is Pending of both journals.
func (x *index) pending(environment, companyID string) []Record {
	open := x.of(JournalKey{Environment: environment, CompanyID: companyID}).open
	return oldestFirst(slices.Collect(maps.Values(open)))
}

// kept are the records that keep accepts, of all companies, oldest first.
func (x *index) kept(keep func(*Record) bool) []Record {
	var list []*Record
	for _, c := range x.companies {
		for _, r := range c.records {
			if keep(r) {
				list = append(list, r)
			}
		}
	}
	return oldestFirst(list)
}

func oldestFirst(records []*Record) []Record {
	if len(records) == 0 {
		return nil
	}
	list := make([]Record, 0, len(records))
	for _, r := range records {
		list = append(list, clone(*r))
	}
	slices.SortFunc(list, func(a, b Record) int {
		return cmp.Or(a.BegunAt.Compare(b.BegunAt), cmp.Compare(a.Key, b.Key), cmp.Compare(a.CompanyID, b.CompanyID), cmp.Compare(a.Environment, b.Environment))
	})
	return list
}

// taken returns the record that keeps this one from being begun: the one of its
// key, or the one that holds its claim.
func (x *index) taken(record *Record) (Record, bool) {
	c := x.of(record.JournalKey)
	if r, ok := c.records[record.Key]; ok && (r.Open() || r.Done()) {
		return clone(*r), true
	}
	if holder, ok := c.holders[record.Claim]; ok {
		return clone(*holder), true
	}
	return Record{}, false
}

// mayEnd reports whether record ends one as [Journal.End] allows.
func (x *index) mayEnd(record *Record) bool {
	r, ok := x.of(record.JournalKey).records[record.Key]
	switch {
	case !ok || !r.BegunAt.Equal(record.BegunAt):
		return false
	case record.Open():
		return r.Open() && record.EndedAt.IsZero() && record.Status != 0 && r.Attempt == record.Attempt
	}
	return r.Open() || r.Done() && r.isTransfer() && record.Outcome == maventa.OutcomeRejected
}

// put stores a record in the place of its key's earlier one.
func (x *index) put(record Record) {
	key := companyKey{record.Environment, record.CompanyID}
	c := x.companies[key]
	if c == nil {
		if x.companies == nil {
			x.companies = map[companyKey]*company{}
		}
		c = &company{
			records: map[string]*Record{}, open: map[string]*Record{},
			holders: map[string]*Record{}, assignments: map[string][]*Record{},
		}
		x.companies[key] = c
	}
	r, known := c.records[record.Key]
	if !known {
		r = &Record{}
		c.records[record.Key] = r
	}
	delete(c.open, record.Key)
	delete(c.holders, r.Holds())
	if known && r.AssignmentID != record.AssignmentID { // it ended without effect, and the key was free
		c.leave(r)
		known = false
	}
	*r = clone(record)
	if !known {
		c.assignments[r.AssignmentID] = append(c.assignments[r.AssignmentID], r)
	}
	if r.Open() {
		c.open[r.Key] = r
	}
	if claim := r.Holds(); claim != "" {
		c.holders[claim] = r
	}
}

// leave removes a record from its assignment.
func (c *company) leave(r *Record) {
	rest := slices.DeleteFunc(c.assignments[r.AssignmentID], func(other *Record) bool { return other == r })
	if len(rest) == 0 {
		delete(c.assignments, r.AssignmentID)
		return
	}
	c.assignments[r.AssignmentID] = rest
}

// replay puts a record from a file, if the lines before it allow that: what
// begins must be free, and what ends must be open. The first line of a key may
// hold its end: the line of its beginning was pruned.
func (x *index) replay(record *Record) error {
	_, known := x.of(record.JournalKey).records[record.Key]
	isNote := record.Open() && x.mayEnd(record)
	if record.Open() && !isNote || !known {
		if holder, taken := x.taken(record); taken && (record.Open() || record.Holds() != "") {
			return errors.New("it begins what is taken by the key " + quoteCut(holder.Key, 64))
		}
	} else if !x.mayEnd(record) {
		return errors.New("it ends what is not open")
	}
	x.put(*record)
	return nil
}
