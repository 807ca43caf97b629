// Package operation is the one table of API calls: what each call is named,
// where it goes, and how safe it is to send again.
//
// The table drives URL building, the retry rules, the operation name in errors
// and logs, the router of the fake server and the reference in the docs.
// No path string stands anywhere else. It is plain data and imports nothing of
// this module, so that every other package may use it.
package operation

import "slices"

// API says which of Maventa's services answers a call.
type API uint8

// The two services.
const (
	AutoXChange API = iota // AX: services, invoices, transfers, tokens
	Receivables            // assignments, events, service levels
)

// Safety says what sending a call twice would do.
type Safety uint8

// The three degrees. The zero value is the careful one.
const (
	Unsafe     Safety = iota // a second sending may act twice: a payment, a mail to a person
	Idempotent               // a second sending changes nothing more
	Safe                     // the call only reads
)

func (s Safety) String() string {
	return [...]string{"unsafe", "idempotent", "safe"}[s]
}

// Paging says whether a list comes in pages.
type Paging uint8

// Paging of a call.
const (
	NotPaged Paging = iota
	Paged           // documented
	PagedInferred
)

// Op is one API call, a row of the table. Rows are variables and not one array, so
// that a program links those of the calls it makes and no others.
type Op struct {
	Name   string // as in errors and docs: the service field and its method
	Method string
	Path   string // template; {name} stands for one escaped segment
	API    API
	Safety Safety

	// Success holds the documented success codes. Where it is empty the code
	// is not documented and 200, 201, 202 and 204 are all taken for success.
	Success []int
	// NoBody marks a call whose documented success has no body.
	NoBody bool

	// Scope is what a token needs for the call; empty: none. Of several scopes,
	// separated by a space, one is enough.
	Scope  string
	Paged  Paging
	NoAuth bool // the call carries no token

	// PersonalTarget marks a path parameter that can identify a person or a
	// customer, which errors and logs must not show.
	PersonalTarget bool
	// InferredWrite marks a write that rests on wire names no public schema
	// confirms. On Production it needs AllowInferredWrites.
	InferredWrite bool

	// Expected are the refusals that the call is made to find out, such as 404 of a
	// transfer's status where there may be none. They are no reason for a warning.
	Expected []int

	// Experimental marks a call that Maventa may change or drop without notice.
	Experimental bool

	// Siblings are literals that stand where a path parameter of this call
	// stands in another call's path. No id may equal one.
	Siblings []string
	// Gone is what a 404 or 410 also means once the call has been shut down.
	Gone string
	// Verify names the call that shows what an attempt of unknown outcome did.
	Verify string

	Source string // where the fact comes from
}

// String returns the operation's name.
func (o *Op) String() string { return o.Name }

// Lookup returns the row with a name, or nil. It links the whole table.
func Lookup(name string) *Op {
	for _, op := range All() {
		if op.Name == name {
			return op
		}
	}
	return nil
}

// All returns every row, in the order of the files. It links the whole table.
func All() []*Op { return append(Core(), AX()...) }

// Core returns the rows of tokens, the receivables services, transfers and the
// Receivables API.
func Core() []*Op {
	return []*Op{
		AuthToken,
		AuthCurrent,
		RopoActivate,
		RopoStatus,
		RopoClose,
		AmiliActivate,
		AmiliStatus,
		AmiliUpdate,
		AmiliClose,
		InvoicesTransferToRopo,
		InvoicesTransferToAmili,
		InvoicesTransferToAmiliV1,
		InvoicesTransferStatus,
		InvoicesTransferStatusV1,
		AssignmentsList,
		AssignmentsGet,
		AssignmentsOverview,
		AssignmentsEvents,
		AssignmentsAddEvent,
		EventsList,
		EventsMarkSeen,
		ServiceLevelsList,
		ServiceLevelsSet,
	}
}

// InferredStatus reports whether the success codes are not documented.
func (o *Op) InferredStatus() bool { return len(o.Success) == 0 }

// IsSuccess reports whether status is a success of this call.
func (o *Op) IsSuccess(status int) bool {
	if o.InferredStatus() {
		return status == 200 || status == 201 || status == 202 || status == 204
	}
	return slices.Contains(o.Success, status)
}

// Sources of the facts in the table.
const (
	sourceSwagger     = "AX Swagger 0.85.550 (2025-10)"
	sourceReceivables = "Receivables API page (2026)"
	sourceRopo        = "developer changelog 2026-04-08"
	sourceAmiliV2     = "developer changelog 2026-06-24"
	sourceOverview    = "accounts receivable overview page (2026)"
	sourceSupport     = "support article on service levels"
)

var (
	siblingsOfAssignments = []string{"overview"}
	siblingsOfInvoices    = []string{"reports"}
)

const goneV1 = "the v1 transfer calls are to be shut down in summer 2027: use Invoices.TransferToAmili and Invoices.TransferStatus; or the invoice is absent or not accessible"

// coreRows are the tokens, the receivables services, the transfers and the
// Receivables API.
var (
	AuthToken   = &Op{Name: "Auth.Token", Method: "POST", Path: "/oauth2/token", API: AutoXChange, Safety: Idempotent, Success: []int{200}, NoAuth: true, Source: sourceSwagger}
	AuthCurrent = &Op{Name: "Auth.Current", Method: "GET", Path: "/oauth2/current", API: AutoXChange, Safety: Safe, Success: []int{200}, Expected: []int{401, 403}, Scope: "global", Source: sourceSwagger}

	// PUT on a service mails a person each time: not idempotent to that person.
	RopoActivate = &Op{Name: "Ropo.Activate", Method: "PUT", Path: "/v2/services/ropo/receivables", API: AutoXChange, Scope: "company:write", Verify: "Ropo.Status", Source: sourceRopo}
	RopoStatus   = &Op{Name: "Ropo.Status", Method: "GET", Path: "/v2/services/ropo/receivables", API: AutoXChange, Safety: Safe, Expected: []int{404}, Scope: "company:read", Source: sourceRopo}
	RopoClose    = &Op{Name: "Ropo.Close", Method: "DELETE", Path: "/v2/services/ropo/receivables", API: AutoXChange, Safety: Idempotent, Scope: "company:write", Verify: "Ropo.Status", Source: sourceOverview}

	AmiliActivate = &Op{Name: "Amili.Activate", Method: "PUT", Path: "/v2/services/amili/receivables", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "Amili.Status", Source: sourceSwagger}
	AmiliStatus   = &Op{Name: "Amili.Status", Method: "GET", Path: "/v2/services/amili/receivables", API: AutoXChange, Safety: Safe, Expected: []int{404}, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	AmiliUpdate   = &Op{Name: "Amili.Update", Method: "PATCH", Path: "/v2/services/amili/receivables", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Amili.Status", Source: sourceSwagger}
	AmiliClose    = &Op{Name: "Amili.Close", Method: "DELETE", Path: "/v2/services/amili/receivables", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Amili.Status", Source: sourceSwagger}

	InvoicesTransferToRopo    = &Op{Name: "Invoices.TransferToRopo", Method: "POST", Path: "/v2/invoices/{id}/assignment/ropo", API: AutoXChange, Scope: "invoice:send", InferredWrite: true, Verify: "Invoices.TransferStatus", Source: sourceRopo}
	InvoicesTransferToAmili   = &Op{Name: "Invoices.TransferToAmili", Method: "POST", Path: "/v2/invoices/{id}/assignment/amili", API: AutoXChange, Scope: "invoice:send", InferredWrite: true, Verify: "Invoices.TransferStatus", Source: sourceAmiliV2}
	InvoicesTransferToAmiliV1 = &Op{Name: "Invoices.TransferToAmiliV1", Method: "POST", Path: "/v1/invoices/{id}/assignment", API: AutoXChange, Success: []int{202}, NoBody: true, Scope: "invoice:send", Verify: "Invoices.TransferStatusV1", Gone: goneV1, Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesTransferStatus    = &Op{Name: "Invoices.TransferStatus", Method: "GET", Path: "/v2/invoices/{id}/assignment", API: AutoXChange, Safety: Safe, Expected: []int{404}, Scope: "invoice:send", Source: sourceRopo}
	InvoicesTransferStatusV1  = &Op{Name: "Invoices.TransferStatusV1", Method: "GET", Path: "/v1/invoices/{id}/assignment", API: AutoXChange, Safety: Safe, Expected: []int{404, 410}, Success: []int{200}, Scope: "invoice:send", Gone: goneV1, Siblings: siblingsOfInvoices, Source: sourceSwagger}

	AssignmentsList     = &Op{Name: "Assignments.List", Method: "GET", Path: "/v1/assignments", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Paged: PagedInferred, Source: sourceReceivables}
	AssignmentsGet      = &Op{Name: "Assignments.Get", Method: "GET", Path: "/v1/assignments/{assignment_id}", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Siblings: siblingsOfAssignments, Source: sourceReceivables}
	AssignmentsOverview = &Op{Name: "Assignments.Overview", Method: "GET", Path: "/v1/assignments/overview", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Source: sourceReceivables}
	AssignmentsEvents   = &Op{Name: "Assignments.Events", Method: "GET", Path: "/v1/assignments/{assignment_id}/events", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Paged: PagedInferred, Siblings: siblingsOfAssignments, Source: sourceReceivables}
	AssignmentsAddEvent = &Op{Name: "Assignments.AddEvent", Method: "POST", Path: "/v1/assignments/{assignment_id}/events", API: Receivables, Scope: "receivables:assignments", InferredWrite: true, Verify: "Assignments.Events", Siblings: siblingsOfAssignments, Source: sourceReceivables}

	EventsList     = &Op{Name: "Events.List", Method: "GET", Path: "/v1/events", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Paged: PagedInferred, Source: sourceReceivables}
	EventsMarkSeen = &Op{Name: "Events.MarkSeen", Method: "POST", Path: "/v1/assignments/{assignment_id}/events/{event_id}/seen", API: Receivables, Safety: Idempotent, Scope: "receivables:assignments", Verify: "Assignments.Events", Siblings: siblingsOfAssignments, Source: sourceReceivables}

	ServiceLevelsList = &Op{Name: "ServiceLevels.List", Method: "GET", Path: "/v1/service_levels", API: Receivables, Safety: Safe, Scope: "receivables:assignments", Paged: PagedInferred, Source: sourceReceivables}
	ServiceLevelsSet  = &Op{Name: "ServiceLevels.Set", Method: "PATCH", Path: "/v1/service_levels/{customer_bid}", API: Receivables, Safety: Idempotent, Scope: "receivables:assignments", PersonalTarget: true, InferredWrite: true, Verify: "ServiceLevels.List", Source: sourceSupport}
)
