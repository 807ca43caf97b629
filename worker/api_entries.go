package worker

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/maventa-go/maventa"
)

func (a *api) putEntry(c *request) (int, any, error) {
	var e Entry
	if err := c.read(&e); err != nil {
		return 0, nil, err
	}
	isNew, err := a.Put(c.Context(), c.company, c.PathValue("key"), e)
	if err != nil {
		return 0, nil, err
	}
	status, err := a.Find(c.Context(), c.company, c.PathValue("key"))
	return stored(isNew), status, err
}

func stored(isNew bool) int {
	if isNew {
		return http.StatusCreated
	}
	return http.StatusOK
}

// row is one of a batch, and putResult is what became of it.
type (
	row struct {
		Key string `json:"key"`
		Entry
	}
	putResult struct {
		Key     string   `json:"key"`
		Status  int      `json:"status"` // 201, 200, or that of the problem
		Problem *problem `json:"problem,omitzero"`
	}
	putResults struct {
		Stored  int         `json:"stored"`  // new ones
		Same    int         `json:"same"`    // that were there already
		Refused int         `json:"refused"` // with a problem
		Results []putResult `json:"results"` // in the order of the entries
	}
)

// putEntries stores the good ones of a batch in one transaction.
func (a *api) putEntries(c *request) (int, any, error) {
	text, err := c.body(mostBatch)
	if err != nil {
		return 0, nil, err
	}
	var body struct {
		Entries []json.RawMessage `json:"entries"`
	}
	if err := decodeKnown(text, &body); err != nil {
		return 0, nil, err
	}
	if n := len(body.Entries); n == 0 || n > mostRows {
		return 0, nil, invalid(maventa.FieldProblem{Field: "entries", Problem: fmt.Sprintf("has %d entries: 1 to %d are taken at once", n, mostRows)})
	}
	all := putResults{Results: make([]putResult, len(body.Entries))}
	err = a.db.within(c.Context(), func(tx *sql.Tx) error {
		if err := a.takes(c.Context(), tx, c.company); err != nil {
			return err
		}
		for i, text := range body.Entries {
			one := &all.Results[i]
			var r row
			err := decodeStrict(text, &r)
			if err != nil { // the key says which row it was, even so
				_ = json.Unmarshal(text, &struct {
					Key *string `json:"key"`
				}{&r.Key})
			}
			one.Key = r.Key
			isNew := false
			if err == nil {
				isNew, err = a.put(c.Context(), tx, c.company, r.Key, r.Entry)
			}
			if err != nil {
				p, isHidden := problemOf(err)
				if isHidden || p.Status >= http.StatusInternalServerError {
					return err // nothing is wrong with the row, and no other is stored
				}
				one.Problem, one.Status = p, p.Status
				all.Refused++
				continue
			}
			if one.Status = stored(isNew); isNew {
				all.Stored++
			} else {
				all.Same++
			}
		}
		return nil
	})
	return http.StatusOK, all, err
}

func (a *api) getEntry(c *request) (int, any, error) {
	status, err := a.Find(c.Context(), c.company, c.PathValue("key"))
	return http.StatusOK, status, err
}

func (a *api) withdrawEntry(c *request) (int, any, error) {
	key, q := c.PathValue("key"), c.URL.Query()
	unsent, err := a.Withdraw(c.Context(), c.company, key, c.who(q.Get("who")), cmp.Or(q.Get("why"), "withdrawn over HTTP"))
	if err != nil {
		return 0, nil, err
	}
	if !unsent {
		p := newProblem(http.StatusConflict, "sent_already", "the entry was sent, or may be on its way: the item correction/"+key+
			" is on the work list, for a person to correct it by hand")
		p.WorkKey = "correction/" + key
		return 0, nil, p
	}
	return a.getEntry(c)
}

func (a *api) setKnownUntil(c *request) (int, any, error) {
	var body struct {
		KnownUntil maventa.Date `json:"known_until"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	if body.KnownUntil.IsZero() {
		return 0, nil, invalid(maventa.FieldProblem{Field: "known_until", Problem: "is required"})
	}
	return http.StatusNoContent, nil, a.SetKnownUntil(c.Context(), c.company, body.KnownUntil)
}

func (a *api) setStanding(c *request) (int, any, error) {
	var s Standing
	if err := c.read(&s); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, a.SetStanding(c.Context(), c.company, c.PathValue("invoice"), s)
}
