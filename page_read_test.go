package maventa

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

// FuzzNextInLink: any Link header is read without harm. A page number is only
// ever taken from a link that says next, and a link that is well formed is found
// wherever it stands.
func FuzzNextInLink(f *testing.F) {
	for _, header := range []string{
		``, `<`, `<>`, `<a>; rel=next`, `<https://x/?page=2>; rel="next"`, `<https://x/?page=2>; rel="prev", <?page=3>; REL=Next`, `<?page=-1>; rel=next`,
		`<?page=99999999999999999999>; rel=next`, `<?page=2>;rel="next";title="a, b <c>"`, `;;;,,,<<<>>>`, `<%zz?page=2>; rel=next`, `<?page=2>; rel="last"`,
	} {
		f.Add(header, 3)
	}
	f.Fuzz(func(t *testing.T, header string, page int) {
		next, found := call.NextInLink([]string{header})
		assert.GreaterOrEqual(t, next, -1)
		assert.True(t, found || next == 0)
		var p fetched[Event]
		p.readHeaders(http.Header{"Link": {header}})
		assert.Equal(t, next, p.Next)
		assert.Equal(t, found, p.saysNext)

		if page <= 0 {
			return
		}
		link := fmt.Sprintf(`<https://receivables.example.com/v1/events?x=%s&page=%d>; rel="next"`, url.QueryEscape(header), page)
		for _, headers := range [][]string{{link}, {`<https://x/?page=1>; rel="first", ` + link}, {link + `, <https://x/?page=9>; rel="last"`}, {`<https://x/?page=9>; rel=last`, link}} {
			next, found := call.NextInLink(headers)
			assert.True(t, found)
			assert.Equal(t, strconv.Itoa(page), strconv.Itoa(next), "%q", headers)
		}
	})
}
