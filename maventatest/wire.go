package maventatest

import (
	"net/http"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// Wire says how the server speaks where no public source says how Maventa does.
// The zero value is the likeliest guess. A client that works with every one of
// [Wires] does not rest on a guess.
type Wire struct {
	// Name is for test names and logs.
	Name string

	// WriteStatus is the status of a successful write whose status is not
	// documented: 200, 201, 202 or 204. Zero stands for the likeliest per call.
	WriteStatus int
	// EmptyBody leaves the answers to those writes without a body.
	EmptyBody bool

	// Envelope sends lists as {"data": […]} instead of a bare array.
	Envelope bool
	// NoPaging sends every item whatever page is asked for, and no headers.
	NoPaging bool
	// NoPagingHeaders sends pages without X-Next-Page, Link and the others; the
	// list ends with an empty page.
	NoPagingHeaders bool
	// LinkOnly sends the Link header alone.
	LinkOnly bool

	// PageSize is the most items that a page of the Receivables API has, whatever
	// is asked for. Zero stands for 100.
	PageSize int

	// AmountsAsStrings sends amounts as "124.00" where no source says number.
	AmountsAsStrings bool

	// BadCredentials is the status of a token call with wrong credentials.
	// Zero stands for 401.
	BadCredentials int
	// MissingScope is the status of a call that the token's scopes do not
	// cover. Zero stands for 401, what AX says for "no access"; 403 is the other.
	MissingScope int
	// NeverActivated is the status of asking after a service that was never
	// activated. Zero stands for 200 with status DISABLED; 404 is the other.
	NeverActivated int

	// AnyScopeSeesCurrent lets every token ask GET /oauth2/current. The Swagger
	// file names the scope global for it.
	AnyScopeSeesCurrent bool

	// ArrayForm is the only form of array parameters that is taken. Empty: all.
	ArrayForm ArrayForm
	// DuplicateUUID is the answer to an invoice whose uuid is taken: 409, 422 or
	// another refusal, or 201 with the invoice that is there. Zero stands for 422.
	DuplicateUUID int
	// LikelyShapes sends lists where the Swagger file declares one object but the
	// call is a list by its name (Files.List, Documents.Events), and one object
	// where it declares a list of key sets (Definitions.Keys).
	LikelyShapes bool

	// RequestID names a header that carries an id of the request. Empty: none.
	RequestID string

	// NumericIDs gives events ids that are numbers: 4711.
	NumericIDs bool
	// CapitalUUIDs writes UUIDs in capitals, as SQL Server does. Requests may
	// use either spelling, as always.
	CapitalUUIDs bool
	// FloatAmounts shows the amounts of events as a service does that computes
	// with floats: 64.10 as 64.10000000000001 or 64.09999999995, one after the other.
	FloatAmounts bool
	// ShiftDates shows the date of each event so many days later (earlier, if
	// negative) than it was reported, as an agency does that books on another day.
	ShiftDates int
	// NoAuthors leaves out who wrote an event.
	NoAuthors bool
	// Errors is the shape of refusals on the Receivables API, where none is
	// documented. Empty stands for that of AX.
	Errors ErrorShape
}

// ErrorShape is the shape of a refusal.
type ErrorShape string

// The shapes beside {"code": …, "message": …, "details": […]}.
const (
	ErrorText    ErrorShape = "text"    // {"error": …}
	ErrorProblem ErrorShape = "problem" // application/problem+json
	ErrorEmpty   ErrorShape = "empty"   // no body
)

// ArrayForm is a way to write an array in a query or a form.
type ArrayForm string

// The forms.
const (
	ArrayComma    ArrayForm = swagger.ArrayComma    // status=PENDING,FAILED
	ArrayRepeated ArrayForm = swagger.ArrayRepeated // status=PENDING&status=FAILED
	ArrayBrackets ArrayForm = swagger.ArrayBrackets // status[]=PENDING&status[]=FAILED
)

// Wires returns the four ways of speaking that a client should be tested with.
func Wires() []Wire {
	return []Wire{
		{Name: "default"},
		{
			Name: "bare", WriteStatus: http.StatusNoContent, EmptyBody: true, NoPagingHeaders: true,
			BadCredentials: http.StatusBadRequest, MissingScope: http.StatusForbidden, NeverActivated: http.StatusNotFound,
			ArrayForm: ArrayComma, DuplicateUUID: http.StatusConflict, Errors: ErrorText,
		},
		{
			Name: "envelope", Envelope: true, AmountsAsStrings: true, LinkOnly: true, AnyScopeSeesCurrent: true, RequestID: "X-Request-Id",
			LikelyShapes: true, DuplicateUUID: http.StatusCreated, CapitalUUIDs: true,
		},
		{Name: "unpaged", NoPaging: true, WriteStatus: http.StatusCreated, NumericIDs: true},
	}
}

// likelyStatus guesses the status of a write without a documented one: what the
// nearest documented call answers.
func likelyStatus(op *operation.Op) int {
	switch op {
	case operation.InvoicesTransferToRopo, operation.InvoicesTransferToAmili:
		return http.StatusAccepted // as v1
	case operation.EventsMarkSeen:
		return http.StatusNoContent
	}
	switch op.Method {
	case http.MethodPost:
		return http.StatusCreated
	case http.MethodPut: // as Amili's
		return http.StatusOK
	}
	return http.StatusNoContent // PATCH and DELETE as Amili's
}

// status is the code of a successful call.
func (w Wire) status(op *operation.Op) int {
	switch {
	case !op.InferredStatus():
		return op.Success[0]
	case op.Method == http.MethodGet:
		return http.StatusOK
	case w.WriteStatus != 0:
		return w.WriteStatus
	}
	return likelyStatus(op)
}

// hasBody reports whether a successful call answers with a body.
func (w Wire) hasBody(op *operation.Op) bool {
	guessedWrite := op.InferredStatus() && op.Method != http.MethodGet
	return !op.NoBody && w.status(op) != http.StatusNoContent && (!guessedWrite || !w.EmptyBody)
}

// reader reads a request the way the Wire lets it be written.
func (w Wire) reader() swagger.Reader {
	return swagger.Reader{Arrays: string(w.ArrayForm), QuotedNumbers: w.AmountsAsStrings}
}

// orElse returns status, or the fallback where it is zero.
func orElse(status, fallback int) int {
	if status == 0 {
		return fallback
	}
	return status
}
