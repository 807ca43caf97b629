package follow

import (
	"context"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// OpenQuestions returns the agency's comments that wait for an answer, oldest
// first: those without a later comment by the sender on the same assignment.
// Where it is not clear, a comment is taken for an open question: better one
// too many than one forgotten. So is a comment without an author, or of the same
// second as the answer.
//
// It reads the whole list of events with every call and looks at no seen marks.
// What goes wrong is returned, not waited out.
//
// Inferred: how the service shows the author of an event and the time. If it
// names them differently, every comment counts as open.
func OpenQuestions(ctx context.Context, c *maventa.Client, opts ...maventa.CallOption) ([]maventa.Event, error) {
	if c.Environment().Name == "" {
		return nil, notMade("follow.OpenQuestions")
	}
	var comments []maventa.Event
	met := map[eventKey]bool{}
	answered := map[string]time.Time{} // per assignment: the sender's last comment
	for e, err := range c.Events.All(ctx, maventa.EventFilter{}, opts...) {
		if err != nil {
			return nil, err
		}
		if !mayBeComment(&e) {
			continue
		}
		if e.ID != "" { // the same one comes again where pages shift
			id := identity(&e)
			if met[id] {
				continue
			}
			met[id] = true
		}
		switch {
		case e.Author != maventa.AuthorSender:
			comments = append(comments, e)
		case e.AssignmentID != "" && e.CreatedAt.After(answered[e.AssignmentID]):
			answered[e.AssignmentID] = e.CreatedAt
		}
	}
	open := slices.DeleteFunc(comments, func(e maventa.Event) bool {
		return !e.CreatedAt.IsZero() && answered[e.AssignmentID].After(e.CreatedAt)
	})
	slices.SortStableFunc(open, func(a, b maventa.Event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	number := &pass{equal: map[eventKey]int{}}
	for i := range open { // of those with equal contents all are open, or none
		number.name(&open[i])
	}
	return open, nil
}

// mayBeComment reports whether an event is a comment, or has a text and a type
// that we do not know.
func mayBeComment(e *maventa.Event) bool {
	return e.Type == maventa.EventComment || !e.Type.Known() && e.Comment != ""
}
