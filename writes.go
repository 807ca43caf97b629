package maventa

import "slices"

// InferredWrite is what [AllowInferredWrites] takes: an [EventType], for
// [AssignmentService.AddEvent] with an event of that type, or an
// [InferredOperation].
type InferredWrite interface{ writeName() string }

// InferredOperation is another call whose body rests on inferred wire names.
type InferredOperation string

// The calls beside AddEvent that Production refuses by default.
const (
	WriteTransferToRopo  InferredOperation = "Invoices.TransferToRopo"
	WriteTransferToAmili InferredOperation = "Invoices.TransferToAmili"
	WriteServiceLevel    InferredOperation = "ServiceLevels.Set"
)

func (o InferredOperation) writeName() string { return string(o) }
func (t EventType) writeName() string         { return string(t) }
func (e *NewEvent) writeName() string         { return string(e.Type) }

// AllowInferredWrites lets the client make these writes on [Production], which rest
// on wire names that no public document confirms:
//
//	maventa.AllowInferredWrites(maventa.EventPaid, maventa.WriteTransferToRopo)
//
// Name what was tried on stage, and nothing else: a payment that arrives as it should
// says nothing about a credit loss. On other environments it is not needed. A company
// of [Client.ForCompany] may be allowed more than the client.
func AllowInferredWrites(writes ...InferredWrite) CompanyOption {
	return companyOption(func(c *config) *Error {
		if len(writes) == 0 {
			return misconfigured("AllowInferredWrites", "writes", "are not named: give the event types and operations that were tried on stage")
		}
		for _, w := range writes {
			if w == nil || w.writeName() == "" {
				return misconfigured("AllowInferredWrites", "writes", "hold an empty one")
			}
			c.allowed = append(slices.Clip(c.allowed), w.writeName())
		}
		return nil
	})
}

// ReadOnly makes a client that changes nothing, for a dry run: a write that would be
// sent fails with [ErrReadOnly] and [OutcomeNotSent] instead. What would be refused
// before sending has its own error. Tokens are fetched all the same.
func ReadOnly() CompanyOption {
	return companyOption(func(c *config) *Error {
		c.readOnly = true
		return nil
	})
}

// refuse is the error of a write that the client does not make, nil if it does.
func (r *root) refuse(q *request) *Error {
	name := q.op.Name
	if event, isEvent := q.body.(InferredWrite); isEvent {
		name = event.writeName()
	}
	if !q.op.InferredWrite || !r.production || slices.Contains(r.allowed, name) {
		return nil
	}
	return &Error{
		Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrInferredWrite,
		Hint: "its wire names are inferred: try it on stage, then name \"" + name + "\" in maventa.AllowInferredWrites",
	}
}

// refused are the inferred writes that the client may not make on Production.
func (r *root) refused() (list []InferredWrite) {
	for _, w := range []InferredWrite{
		EventPaid, EventCreditNote, EventComment, EventClose, EventDueDateChange, EventCollectionStop, EventCancellation, EventCreditLoss,
		WriteTransferToRopo, WriteTransferToAmili, WriteServiceLevel,
	} {
		if r.readOnly || !slices.Contains(r.allowed, w.writeName()) {
			list = append(list, w)
		}
	}
	return list
}
