package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// The documents are those of the measurements that set the targets: an object of
// about 1.5 kB and 40 members, 100 of them on a page. Four members of each
// assignment have no field in any client's model.

const (
	perPage   = 100
	pageCount = 100

	anID      = "0f8fad5b-d9cb-469f-a165-000000000001"
	eventDate = "2026-11-20"
)

var (
	token    = []byte(`{"access_token":"0123456789abcdef0123456789abcdef01234567","token_type":"bearer","expires_in":3600}`)
	newEvent = []byte(`{"id":"3d813cbb-47fb-42ba-91df-831e1593ac29","assignment_id":"0f8fad5b-d9cb-469f-a165-000000000001","type":"paid","amount":100.50,"date":"2026-11-20","author":"sender","created_at":"2026-11-20T10:00:00Z"}`)
	notFound = []byte(`{"code":"not_found","message":"No such assignment","details":["assignment_id"]}`)
)

// assignment is the n-th assignment.
func assignment(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"id":"0f8fad5b-d9cb-469f-a165-%012d"`, n)
	fmt.Fprintf(&b, `,"invoice_id":"7c9e6679-7425-40de-944b-%012d"`, n)
	fmt.Fprintf(&b, `,"reference_ids":["7c9e6679-7425-40de-944b-%012d","RF18%08d"]`, n, n)
	fmt.Fprintf(&b, `,"invoice_number":"2026-%d","invoice_date":"2026-09-%02d","due_date":"2026-10-%02d"`, n, 1+n%28, 1+n%28)
	b.WriteString(`,"status":"open","collection_status":"reminder_sent","service_level":"default"`)
	fmt.Fprintf(&b, `,"debtor_name":"Esimerkkiasiakas ja Kumppanit %d Oy","currency":"EUR","total_amount":%d.50,"open_amount":%d.25`, n, 1000+n%1000, 500+n%1000)
	b.WriteString(`,"created_at":"2026-11-01T10:00:00Z"`)
	// Not in the models.
	fmt.Fprintf(&b, `,"agency_reference":"https://agency.example/cases/PER-2026-%d?view=creditor","interest_rate":11.5,"disputed":false`, n)
	b.WriteString(`,"next_action":{"type":"payment_demand","date":"2026-12-01","channel":"post"}`)
	b.WriteString(`,"events":[`)
	event(&b, n, 1, `"type":"reminder","amount":5.00,"comment":"Payment reminder 1 was sent to the debtor by post and by email; the reminder fee of 5.00 EUR was added to the claim and the new due date is in two weeks from the day of the reminder","author":"agency","seen":true`)
	b.WriteByte(',')
	event(&b, n, 2, `"type":"paid","amount":500.25,"comment":"Part of the sum was paid to the agency's account. The rest of the capital, the interest and the reminder fee remain open and are due at once","author":"agency","seen":false`)
	b.WriteString(`]}`)
	return b.String()
}

func event(b *strings.Builder, n, k int, members string) {
	fmt.Fprintf(b, `{"id":"3d813cbb-47fb-42ba-91d%d-%012d","assignment_id":"0f8fad5b-d9cb-469f-a165-%012d"`, k, n, n)
	fmt.Fprintf(b, `,%s,"date":"2026-11-%02d","created_at":"2026-11-%02dT08:00:00Z"}`, members, 10+k, 10+k)
}

// pages are made when they are first asked for: the process that measures the
// heap must not hold them.
var pages = sync.OnceValue(func() [][]byte {
	list := make([][]byte, pageCount)
	for p := range list {
		var b strings.Builder
		for i := range perPage {
			b.WriteByte("[,"[min(i, 1)])
			b.WriteString(assignment(p*perPage + i + 1))
		}
		b.WriteByte(']')
		list[p] = []byte(b.String())
	}
	return list
})

// page is page n of a list that is longer than the number of different pages.
func page(n int) []byte { return pages()[(n-1)%pageCount] }

// nextPage is what the header X-Next-Page says on page n of a list of so many.
func nextPage(n, of int) string {
	if n >= of {
		return ""
	}
	return strconv.Itoa(n + 1)
}
