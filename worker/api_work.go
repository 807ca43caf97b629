package worker

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

func (a *api) work(c *request) (int, any, error)    { return a.workOf(c, []string{c.company}) }
func (a *api) allWork(c *request) (int, any, error) { return a.workOf(c, c.tenant.list()) }

// workOf is the work of some companies, oldest first; of all if that is the one "".
func (a *api) workOf(c *request, companies []string) (int, any, error) {
	limit, err := c.number("limit", 1, mostRows)
	if err != nil {
		return 0, nil, err
	}
	items := []WorkItem{}
	for _, id := range companies {
		of, err := a.Work(c.Context(), id, int(limit))
		if err != nil {
			return 0, nil, err
		}
		items = append(items, of...)
	}
	slices.SortStableFunc(items, func(x, y WorkItem) int { return x.Since.Compare(y.Since) })
	items = items[:min(len(items), int(cmp.Or(limit, 100)))]
	return http.StatusOK, map[string][]WorkItem{"work": items}, nil
}

func (a *api) decide(c *request) (int, any, error) {
	var body struct {
		Decision sqlstore.DecisionKind `json:"decision"`
		EventID  string                `json:"event_id"`
		Who      string                `json:"who"`
		Why      string                `json:"why"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	if body.Who == "" { // a decision is a person's
		return 0, nil, invalid(maventa.FieldProblem{Field: "who", Problem: "is required: a decision is a person's"})
	}
	return http.StatusNoContent, nil, a.Decide(c.Context(), c.company, c.PathValue("key"), sqlstore.Decision{
		Kind: body.Decision, EventID: body.EventID, Who: c.who(body.Who), Why: body.Why,
	})
}

func (a *api) setOwner(c *request) (int, any, error) {
	var body struct {
		Owner string `json:"owner"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, a.Assign(c.Context(), c.company, c.PathValue("key"), body.Owner)
}

// companiesOf are the companies that the tenant sees.
func (a *api) companiesOf(c *request) ([]CompanyState, error) {
	all, err := a.Companies(c.Context())
	return slices.DeleteFunc(all, func(s CompanyState) bool { return !c.tenant.sees(s.CompanyID) }), err
}

func (a *api) companies(c *request) (int, any, error) {
	list, err := a.companiesOf(c)
	return http.StatusOK, map[string][]CompanyState{"companies": slices.Concat([]CompanyState{}, list)}, err
}

// totals are the sums over the companies of a tenant.
type totals struct {
	Companies map[string]int `json:"companies"` // by state
	Queued    int            `json:"queued"`
	Late      int            `json:"late"`
	Held      int            `json:"held"`
	Work      int            `json:"work"`
	Paused    bool           `json:"paused"`
	Why       string         `json:"why,omitzero"` // it is paused
}

func (a *api) status(c *request) (int, any, error) {
	list, err := a.companiesOf(c)
	if err != nil {
		return 0, nil, err
	}
	sum := totals{Companies: map[string]int{}}
	for _, s := range list {
		sum.Companies[s.State]++
		sum.Queued, sum.Late, sum.Held, sum.Work = sum.Queued+s.Queued, sum.Late+s.Late, sum.Held+s.Held, sum.Work+s.Work
	}
	paused, why, err := a.Paused(c.Context())
	if paused {
		sum.Paused, sum.Why = true, why
	}
	return http.StatusOK, sum, err
}

func (a *api) pause(c *request) (int, any, error) {
	var body struct {
		Who string `json:"who"`
		Why string `json:"why"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	if err := c.ofAll(); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, a.Pause(c.Context(), c.who(body.Who), body.Why)
}

func (a *api) resume(c *request) (int, any, error) {
	if err := c.ofAll(); err != nil {
		return 0, nil, err
	}
	q := c.URL.Query()
	return http.StatusNoContent, nil, a.Resume(c.Context(), c.who(q.Get("who")), q.Get("why"))
}

// offboard answers with what is left of the company.
func (a *api) offboard(c *request) (int, any, error) {
	var body struct {
		Who string `json:"who"`
		Why string `json:"why"`
	}
	if err := c.read(&body); err != nil {
		return 0, nil, err
	}
	if body.Who == "" || body.Why == "" {
		return 0, nil, invalid(maventa.FieldProblem{Field: "who", Problem: "and why are required: it is a person's decision"})
	}
	left, err := a.Offboard(c.Context(), c.company, c.who(body.Who), body.Why, nil)
	if left != nil { // it is done, also if the list of open cases failed: not_listed says so
		return http.StatusOK, left, nil
	}
	return 0, nil, err
}

// ofAll refuses what concerns all companies to who sees some.
func (c *request) ofAll() error {
	if c.tenant.isOfAll() {
		return nil
	}
	return newProblem(http.StatusForbidden, "forbidden", `it concerns all companies, and the token is for some: one with "*" may do it; nothing was changed`)
}
