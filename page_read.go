package maventa

import (
	"cmp"
	"hash/maphash"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/call"
)

// decodeBody reads a list and what its headers say about pages.
func (p *fetched[T]) decodeBody(a *answer) (problem string) {
	list, problem := call.FindList(a.body, p.path)
	if problem != "" {
		return problem
	}
	p.Total, p.more, p.conclusive = list.Total, list.More || list.Pages > p.Number, a.conclusive
	p.readHeaders(a.header)
	if a.conclusive {
		if list.Page != 0 && list.Page != p.Number {
			list.Doubt = "the answer is another page than was asked for"
		}
		if problem = cmp.Or(list.Doubt, call.PagingDoubt(a.header, p.Number, a.header.Get("X-Next-Page"))); problem != "" {
			return problem
		}
		if p.more && p.saysNext && p.Next == 0 {
			return "the answer says that this is the last page, and that there are more"
		}
	}
	if problem = decodeJSON(list.Items, &p.Items); problem != "" {
		return problem
	}
	if len(p.Items) == 0 && p.more && !p.saysNext {
		return "the answer holds no item and says that there are more"
	}
	p.ids = make([]string, len(p.Items))
	for i := range p.Items { // by index: a copy of each item would go to the heap
		p.ids[i] = p.key(&p.Items[i])
	}
	if slices.Contains(p.ids, "") {
		p.sum = maphash.Bytes(seed, list.Items)
	}
	return ""
}

// readHeaders finds the next page: X-Next-Page or Link, where the service sends
// them. Only the number is taken from a link; its address is never used.
func (p *fetched[T]) readHeaders(h http.Header) {
	if total := max(call.Count(h, "X-Total"), call.Count(h, "X-Total-Count")); total >= 0 {
		p.Total = total
	}
	p.more = p.more || call.Count(h, "X-Total-Pages") > p.Number
	if values, ok := h["X-Next-Page"]; ok && len(values) > 0 {
		n, err := strconv.Atoi(strings.TrimSpace(values[0]))
		if err == nil || strings.TrimSpace(values[0]) == "" {
			p.saysNext, p.Next = true, n
			return
		}
	}
	if links := h["Link"]; len(links) > 0 {
		p.Next, p.saysNext = call.NextInLink(links)
	}
}
