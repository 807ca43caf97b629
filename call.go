package maventa

import (
	"context"
	"net/http"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// request is one call as its method describes it.
type request struct {
	op     operation.ID
	adhoc  *operation.Op // instead of op, for Do
	ids    []string      // the path parameters, in the template's order
	params query         // the query
	body   any           // sent as JSON, a *Form as multipart/form-data; nil: none
	out    any           // pointer that takes the answer; nil: the answer's body does not matter

	check   func(*call.Problems)
	stream  *Download      // takes the answer unread
	anyType bool           // the stream may be of any media type, a web page too
	target  string         // what the call is about where no path parameter says so
	proof   func() bool    // whether out proves itself, instead of out's own method
	wrong   []FieldProblem // with the description itself
}

// multipartForm is a *[Form], a body that is sent once and never again. As an
// interface it is linked only into programs that send one.
type multipartForm interface {
	problem() string
	upload(e ArrayEncoding) *upload
	values() []byte
}

// row is the call's row of the operation table.
func (r *request) row() *operation.Op {
	if r.adhoc != nil {
		return r.adhoc
	}
	return r.op.Op()
}

// call is the way of every call: validate and build it, then for each attempt
// get a token, send, judge the answer and decode it.
func (c *Client) call(ctx context.Context, r request, opts []CallOption) error {
	if c == nil || c.root == nil || ctx == nil {
		return c.fail(&r, notMade())
	}
	ctx, watch := c.root.observe(ctx, r.row())
	attempts, err := c.run(ctx, &r, opts, watch)
	watch.end(ctx, attempts, err)
	if err != nil {
		err.Attempts = attempts
		return c.fail(&r, err)
	}
	return nil
}

// one makes a call that answers with one object.
func one[T any](ctx context.Context, c *Client, r request, opts []CallOption) (*T, error) {
	out := new(T)
	r.out = out
	if err := c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	return out, nil
}

func notMade() *Error {
	return &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Hint: "the client was not made by NewClient, or the context is nil"}
}

// run makes the call and returns how many requests it took.
func (c *Client) run(ctx context.Context, r *request, opts []CallOption, watch *observation) (attempts int, err *Error) {
	cfg, err := c.root.callConfig(opts)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	ctx, cancel := bound(ctx, start.Add(cfg.timeout), r.stream)
	defer cancel()
	b, err := c.build(r, cfg)
	if err != nil {
		return 0, err
	}
	b.watch = watch
	attempts, err = c.attempts(ctx, b, cfg)
	if cfg.response != nil {
		cfg.response.Attempts = attempts
		cfg.response.Duration = time.Since(start)
	}
	if err != nil && b.op.Safety != operation.Safe && err.Outcome == OutcomeUnknown {
		err.FirstSent = b.firstSent
	}
	return attempts, err
}

// check refuses what call would refuse before sending anything, for methods
// that read first.
func (c *Client) check(r request, opts []CallOption) error {
	if c == nil || c.root == nil {
		return c.fail(&r, notMade())
	}
	cfg, err := c.root.callConfig(opts)
	if err == nil {
		_, err = c.build(&r, cfg)
	}
	if err != nil {
		return c.fail(&r, err)
	}
	return nil
}

// bound is the context of a call: with the timeout on all of it, or, where the
// answer is streamed, on everything up to its headers.
func bound(ctx context.Context, deadline time.Time, d *Download) (context.Context, context.CancelFunc) {
	if d == nil {
		return context.WithDeadline(ctx, deadline)
	}
	inner, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(time.Until(deadline), func() { cancel(context.DeadlineExceeded) })
	d.lift, d.cancel = timer.Stop, cancel
	l := liftable{Context: inner, deadline: deadline}
	return l, func() {
		timer.Stop()
		if d.body == nil {
			cancel(nil)
		}
	}
}

// attempts sends the call until it succeeds or may not be sent again, and
// returns how many requests that took.
func (c *Client) attempts(ctx context.Context, b *built, cfg *callConfig) (sent int, err *Error) {
	var (
		token     *accessToken
		refreshed bool // a 401 has been answered with another token
		doubt     bool // an earlier attempt may have taken effect
		spent     int  // quota taken by the repetitions
	)
	for tries := 1; ; tries++ {
		switch {
		case token != nil || b.op.NoAuth:
		case b.upload != nil:
			token, err = c.token.fresh(ctx)
		default:
			token, err = c.token.get(ctx)
		}
		if err == nil {
			var wasSent bool
			wasSent, err = c.attempt(ctx, b, token, cfg)
			if wasSent {
				sent++
			}
		}
		if err == nil || doubt && b.op.Method == http.MethodDelete && err.Status == http.StatusNotFound {
			c.root.quota.give(max(spent, 1))
			return sent, nil
		}
		if b.upload != nil {
			break // what has been read cannot be sent again, not even after a 401
		}
		if err.Status == http.StatusUnauthorized && err.Phase == PhaseHTTP && !refreshed && token != nil && cfg.retry.MaxAttempts > 1 {
			refreshed = true
			next, authErr := c.token.replace(ctx, token)
			if next != nil {
				token, err = next, nil
				tries-- // not a repetition after a failure: the first request was refused unread
				continue
			}
			if authErr != nil {
				authErr.Outcome = OutcomeRejected
				err = authErr
			}
		}
		doubt = doubt || err.Outcome == OutcomeUnknown
		if tries >= cfg.retry.MaxAttempts || !mayRepeat(b.op, err) {
			break
		}
		cost, again := c.root.wait(ctx, cfg.retry, tries+1, err)
		spent += cost
		if !again {
			if err.Err == nil {
				err.Err = ctx.Err()
			}
			break
		}
		token, err = nil, nil
	}
	if doubt && err.Outcome != OutcomeApplied {
		err.Outcome = OutcomeUnknown
	}
	return sent, err
}

// attempt makes one request and reads its answer.
func (c *Client) attempt(ctx context.Context, b *built, token *accessToken, cfg *callConfig) (sent bool, err *Error) {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return false, &Error{Phase: PhaseSend, Outcome: OutcomeNotSent, Err: ctxErr}
	}
	var start time.Time
	if b.op.Safety != operation.Safe || b.watch != nil {
		start = time.Now()
	}
	if b.op.Safety != operation.Safe && b.firstSent.IsZero() {
		b.firstSent = start.UTC()
	}
	answer, err := c.root.send(ctx, b, token)
	if err != nil {
		b.watch.attempt(ctx, start, nil, err)
		return true, err
	}
	defer answer.release()
	if token != nil {
		answer.token = token.value
	}
	if cfg.response != nil {
		cfg.response.Status = answer.status
		cfg.response.Header = answer.header
		cfg.response.RequestID = requestID(answer.header)
	}
	if cfg.rawBody != nil && answer.open == nil {
		*cfg.rawBody = append((*cfg.rawBody)[:0], answer.body...)
	}
	err = c.judge(ctx, b, answer)
	b.watch.attempt(ctx, start, answer, err)
	return true, err
}

// callConfig applies a call's options over the client's.
func (r *root) callConfig(opts []CallOption) (*callConfig, *Error) {
	if len(opts) == 0 {
		return &r.call, nil // never written to
	}
	cfg := r.call
	for _, o := range opts {
		if o == nil {
			return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"options", "hold a nil option"}}}
		}
		if err := o.applyCall(&cfg); err != nil {
			return nil, err
		}
	}
	return &cfg, nil
}

// fail completes an error with what only the call knows.
func (c *Client) fail(r *request, e *Error) error {
	op := r.row()
	e.Operation, e.Safety = op.Name, Safety(op.Safety)
	if c != nil && c.root != nil {
		e.Environment = c.root.environment.Name
	}
	switch {
	case op.PersonalTarget || e.Phase == PhaseBuild:
	case r.target != "":
		e.Target = cut(r.target, 64)
	case len(r.ids) > 0:
		e.Target = cut(r.ids[0], 64)
	}
	if op.Verify != "" && e.Outcome == OutcomeUnknown && op.Safety != operation.Safe {
		e.addHint(op.Verify + " shows what became of it")
	}
	return e
}

// clone copies an error that is shared between calls.
func (e *Error) clone() *Error {
	if e == nil {
		return nil
	}
	copied := *e
	return &copied
}
