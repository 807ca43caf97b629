package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// overview is what status shows.
type overview struct {
	At        time.Time             `json:"at"`
	Paused    string                `json:"paused,omitzero"`   // why, by whom and when
	Database  string                `json:"database,omitzero"` // why nothing is sent, as far as the database is why
	Entries   map[string]int        `json:"entries"`           // by state
	OldestDue time.Time             `json:"oldest_due,omitzero"`
	Companies []worker.CompanyState `json:"companies"`
	Refused   []worker.RefusedRow   `json:"refused_rows"` // the last ones
	Work      []worker.WorkItem     `json:"work"`         // oldest first

	refused int // how many rows there are
}

// status shows where everything stands.
func status(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("status", "shows where everything stands, and what needs a person", log)
	company := f.String("company", "", "`id`: the work list of one company alone")
	limit := f.Int("limit", 20, "items of the work list, at most")
	asJSON := f.Bool("json", false, "write JSON")
	if err := f.parse(args); err != nil {
		return err
	}
	return f.beside(ctx, out, func(w *worker.Worker) (string, error) {
		o, err := lookAt(ctx, w, *company, *limit)
		if err != nil {
			return "", err
		}
		if *asJSON {
			encoder := json.NewEncoder(out)
			encoder.SetIndent("", "  ")
			return "", encoder.Encode(o)
		}
		return "", o.write(out)
	})
}

func lookAt(ctx context.Context, w *worker.Worker, company string, limit int) (o *overview, err error) {
	o = &overview{At: time.Now().UTC().Truncate(time.Second), Refused: []worker.RefusedRow{}, Work: []worker.WorkItem{}}
	if paused, why, err := w.Paused(ctx); err != nil {
		return nil, err
	} else if paused {
		o.Paused = why
	}
	switch err := w.Check(ctx); {
	case errors.Is(err, sqlstore.ErrTakenOver):
		o.Database = "taken over: nothing is sent until " + time.Now().Add(maventa.Advise(err).After).UTC().Format(time.RFC3339)
	case err != nil:
		o.Database = "nothing is sent: " + err.Error()
	}
	if o.Entries, err = w.Settled(ctx); err != nil {
		return nil, err
	}
	if o.Companies, err = w.Companies(ctx); err != nil {
		return nil, err
	}
	isOne := func(c worker.CompanyState) bool { return strings.EqualFold(c.CompanyID, strings.TrimSpace(company)) }
	if company != "" && !slices.ContainsFunc(o.Companies, isOne) {
		return nil, fmt.Errorf("company %s: %w: it is none of those in the database", company, maventa.ErrNotFound)
	}
	for i := range o.Companies {
		o.Entries["queued"] += o.Companies[i].Queued
		o.Entries["held"] += o.Companies[i].Held
	}
	backlog, err := w.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	o.OldestDue, o.refused = backlog.OldestDue, backlog.Refused
	const rows = 5
	refused, err := w.RefusedRows(ctx, rows)
	if err != nil {
		return nil, err
	}
	o.Refused = append(o.Refused, refused...)
	items, err := w.Work(ctx, company, limit)
	if err != nil {
		return nil, err
	}
	o.Work = append(o.Work, items...)
	return o, nil
}

// write writes what a person reads.
func (o *overview) write(out io.Writer) error {
	var text bytes.Buffer // which takes everything
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	var t bytes.Buffer
	if o.Paused != "" {
		fmt.Fprintf(&t, "PAUSED\t%s\n", o.Paused)
	}
	if o.Database != "" {
		fmt.Fprintf(&t, "DATABASE\t%s\n", oneLine(o.Database))
	}
	states := map[string]int{}
	work := 0
	for i := range o.Companies {
		states[o.Companies[i].State]++
		work += o.Companies[i].Work
	}
	fmt.Fprintf(&t, "Companies\t%s\n", counts(states))
	fmt.Fprintf(&t, "Entries\t%s\n", counts(o.Entries))
	if !o.OldestDue.IsZero() {
		fmt.Fprintf(&t, "Oldest due\t%s ago\n", ago(o.At, o.OldestDue))
	}
	for i := range o.Companies {
		if c := &o.Companies[i]; c.State != "active" {
			fmt.Fprintf(&t, "Company %s\t%s since %s: %s\n", c.CompanyID, stateWords[c.State], c.Since.Format(time.RFC3339), oneLine(c.Reason))
		}
	}
	if o.refused > 0 {
		fmt.Fprintf(&t, "Intake\t%d rows were refused, the last ones:\n", o.refused)
		for _, r := range o.Refused {
			fmt.Fprintf(&t, "\trow %d, key %s: %s\n", r.ID, r.Key, oneLine(r.Problem))
		}
	}
	fmt.Fprintf(&t, "Work list\t%d open\n", work)
	if _, err := t.WriteTo(table); err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range o.Work {
		writeItem(&text, &o.Work[i], o.At)
	}
	_, err := text.WriteTo(out)
	return err
}

func writeItem(out *bytes.Buffer, i *worker.WorkItem, now time.Time) {
	owner := ""
	if i.Owner != "" {
		owner = ", " + i.Owner + " works on it"
	}
	fmt.Fprintf(out, "\n%s  company %s  %s  since %s%s\n", i.Key, i.CompanyID, i.Kind, ago(now, i.Since), owner)
	if i.Entry != "" {
		fmt.Fprintf(out, "  Entry: %s\n", i.Entry)
	}
	fmt.Fprintf(out, "  About %s. %s\n  To do: %s\n", i.About, i.Happened, i.ToDo)
	if len(i.IDs) > 0 {
		label := "Ids" // of companies, invoices or assignments
		if slices.Contains(i.Decisions, sqlstore.DecideAdopt) {
			label = "Events"
		}
		fmt.Fprintf(out, "  %s: %s\n", label, strings.Join(i.IDs, " "))
	}
	var answers []string
	for _, d := range i.Decisions {
		if d == sqlstore.DecideAdopt {
			d += " -event ID"
		}
		answers = append(answers, string(d))
	}
	fmt.Fprintf(out, "  Text: %s\n  Answer: maventa-worker decide -company %s -key %s -why … %s\n", oneLine(i.Text), i.CompanyID, quoted(i.Key), strings.Join(answers, "|"))
}

var stateWords = map[string]string{
	"aside": "set aside, its keys are dead,", "question": "a person decides first,", "gone": "offboarded",
}

func counts(of map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, of[name]))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// ago is how long ago something was, in a unit that a person reads.
func ago(now, then time.Time) string {
	d := max(now.Sub(then), 0)
	const day = 24 * time.Hour
	if d > 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return d.Round(time.Second).String()
}

// oneLine is a text without what would break a line or a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// quoted is a key as a shell reads it.
func quoted(key string) string {
	isPlain := !strings.ContainsFunc(key, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:-", r)
	})
	if isPlain {
		return key
	}
	return "'" + strings.ReplaceAll(oneLine(key), "'", `'\''`) + "'"
}
