package follow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

func TestOpenQuestions(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{}, maventatest.WithWire(wire))
				answer := func() {
					s.pass(time.Minute)
					_, err := s.c.Assignments.AddEvent(t.Context(), s.id, maventa.Comment("answer"))
					require.NoError(t, err)
				}
				open := func() (texts []string) {
					questions, err := follow.OpenQuestions(t.Context(), s.c)
					require.NoError(t, err)
					for _, q := range questions {
						texts = append(texts, q.Comment)
					}
					return texts
				}
				assert.Empty(t, open())
				s.happen(2, time.Minute)
				assert.Equal(t, events(1, 2), open())
				answer()
				assert.Empty(t, open())
				s.happen(1, time.Minute)
				assert.Equal(t, events(3, 3), open(), "a later question")
				first := s.id
				s.id = s.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
				s.happen(1, time.Minute)
				answer()
				assert.Equal(t, events(3, 3), open(), "an answer on another assignment")
				s.id = first
				answer()
				assert.Empty(t, open())
				s.happen(1, 0)
				assert.Equal(t, events(5, 5), open(), "of the same second: it is not clear")

				s.srv.Agency().Paid(s.id, "1.00", "")
				s.list.show = without(newestFirst, "author")
				if !wire.Envelope && !wire.NoPaging {
					assert.Len(t, open(), 8, "no author: all comments")
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.srv.Inject(maventatest.Status(403).On("Events.List"))
		_, err := follow.OpenQuestions(t.Context(), s.c)
		require.ErrorIs(t, err, maventa.ErrForbidden)
		s.happen(1, time.Minute)
		s.srv.Inject(maventatest.UnknownEnum().On("Events.List"))
		questions, err := follow.OpenQuestions(t.Context(), s.c)
		require.NoError(t, err)
		assert.Len(t, questions, 1, "a text of an unknown type may be a question")
	})
}
