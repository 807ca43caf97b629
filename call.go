package maventa

import (
	"context"
	"net/http"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// request is one call as its method describes it.
type request struct {
	op     *operation.Op
	ids    []string // the path parameters, in the template's order
	target string   // what the call is about, for errors, where no path parameter says so
	params query
	body   any                  // sent as JSON, a *Form as multipart/form-data; nil: none
	write  *writer              // of the body; named by each call that has one, so that only programs with such a call link it
	check  func(*call.Problems) // what is wrong with the rest of the request; nil: nothing
	out    any                  // pointer that takes the answer; nil: the answer's body does not matter
	// Whether out shows that the service wrote it, and whether it is about something
	// else than what was sent, such as the end of the answer to another call. Nil:
	// its own method proven.
	proof func() (proven, foreign bool)

	// Nil but for answers that are handed over unread: see Client.download.
	bound func(context.Context, time.Time) (context.Context, context.CancelFunc) // instead of context.WithDeadline
	take  func(*http.Response) *Error                                            // takes a success, instead of read and judge
}

// writer is what a call with a body needs and no other.
type writer struct {
	marshal  func(body any) ([]byte, error)
	inferred func(body any) []string // the names in it that are inferred
}

// asJSON writes a body as JSON.
var asJSON = &writer{decode.Marshal, inferredNames}

// call is the way of every call: validate and build it, then for each attempt
// get a token, send, read the answer and judge it. A success is decoded into the
// request's out. Every failure is an *[Error].
func (c *Client) call(ctx context.Context, r request, opts []CallOption) error {
	if c == nil || c.root == nil || ctx == nil {
		return c.fail(&r, notMade())
	}
	ctx, watch := c.observe(ctx, r.op)
	sent, err := c.run(ctx, &r, opts, watch)
	watch.end(ctx, sent, err)
	if err != nil {
		err.Attempts = sent
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
func (c *Client) run(ctx context.Context, r *request, opts []CallOption, watch *observation) (sent int, err *Error) {
	start := time.Now()
	cfg, err := c.root.callConfig(opts)
	if err != nil {
		return 0, err
	}
	withDeadline := context.WithDeadline
	if r.bound != nil {
		withDeadline = r.bound
	}
	ctx, cancel := withDeadline(ctx, start.Add(cfg.timeout))
	defer cancel()
	b, err := c.build(r, cfg)
	if err != nil {
		return 0, err
	}
	if c.root.readOnly && b.isWrite() {
		return 0, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrReadOnly, Hint: "the client was made with maventa.ReadOnly"}
	}
	b.watch = watch
	sent, err = c.attempts(ctx, b, cfg)
	cfg.response.ended(sent, start)
	if err != nil && b.isWrite() && err.Outcome == OutcomeUnknown {
		err.FirstSent = b.firstSent
	}
	return sent, err
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

// attempts makes the call until it succeeds or must not be made again, and
// returns how many requests that took.
func (c *Client) attempts(ctx context.Context, b *built, cfg *callConfig) (sent int, err *Error) {
	var (
		token    *accessToken
		replaced bool // a 401 has been answered with another token
		doubt    bool // an earlier attempt may have taken effect
		spent    int  // quota that the retries took
	)
	for tries := 1; ; {
		if token, err = c.ready(ctx, b, token); err == nil {
			sent++
			err = c.attempt(ctx, b, token, cfg)
		}
		if err == nil || doubt && b.isGone(err) {
			c.root.quota.Give(max(spent, 1))
			return sent, nil
		}
		if err.refusesToken() && token != nil && !replaced && b.attempts > 1 {
			replaced = true
			if token, err = c.token.replace(ctx, token, err); err == nil {
				continue // this is no retry: the request was refused unread
			}
		}
		doubt = doubt || err.Outcome == OutcomeUnknown
		if tries >= b.attempts || !mayRepeat(b.op, err) {
			break
		}
		tries++
		cost, isTime := c.root.wait(ctx, cfg.retry, tries, err)
		if !isTime {
			if err.Err == nil {
				err.Err = ctx.Err()
			}
			break
		}
		spent += cost
		token = nil // it may have expired meanwhile
	}
	if doubt && err.Outcome != OutcomeApplied {
		err.Outcome = OutcomeUnknown
	}
	return sent, err
}

// isGone reports whether the service says that what a DELETE removes is not
// there. After an attempt of unknown outcome that is a success.
func (b *built) isGone(err *Error) bool {
	return b.op.Method == http.MethodDelete && err.Phase == PhaseHTTP && err.Status == http.StatusNotFound && err.Outcome == OutcomeRejected
}

// ready returns the token of the next attempt, unless the call's time is over.
func (c *Client) ready(ctx context.Context, b *built, token *accessToken) (*accessToken, *Error) {
	if token == nil {
		var err *Error
		if token, err = b.token(c.token, ctx); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, &Error{Phase: PhaseSend, Outcome: OutcomeNotSent, Err: err}
	}
	return token, nil
}

// attempt sends one request, reads its answer and judges it.
func (c *Client) attempt(ctx context.Context, b *built, token *accessToken, cfg *callConfig) *Error {
	start := time.Now()
	if b.firstSent.IsZero() {
		b.firstSent = start.UTC()
	}
	resp, err := c.root.send(ctx, b, token)
	if err != nil {
		b.watch.attempt(ctx, start, nil, err)
		return err
	}
	resp.Header = c.token.secrets.Header(resp.Header)
	a := &answer{status: resp.StatusCode, header: resp.Header, conclusive: b.conclusive}
	defer a.release()
	switch isSuccess := b.op.IsSuccess(a.status); {
	case !isSuccess:
		a.read(ctx, resp, maxErrorBody)
		err = b.refusal(a)
	case b.take != nil:
		err = b.take(resp)
	default:
		a.read(ctx, resp, maxBody)
		err = b.judge(ctx, a)
	}
	if b.conclusive {
		if problem := call.NotCurrent(a.status, a.header); problem != "" {
			err = &Error{Phase: PhaseDecode, Outcome: OutcomeRejected, RequestID: requestID(a.header), Hint: problem, temporary: true}
		}
	}
	cfg.response.answered(a)
	if cfg.rawBody != nil {
		*cfg.rawBody = append((*cfg.rawBody)[:0], a.body...)
	}
	b.watch.attempt(ctx, start, a, err)
	return err
}

// callConfig applies a call's options over the client's.
func (r *root) callConfig(opts []CallOption) (*callConfig, *Error) {
	if len(opts) == 0 {
		return &r.call, nil // never written to
	}
	cfg := r.call
	for _, o := range opts {
		if o == nil {
			return nil, misconfigured("", "options", "hold a nil option")
		}
		if err := o.applyCall(&cfg); err != nil {
			return nil, err
		}
	}
	return &cfg, nil
}

// fail completes an error with what only the call knows.
func (c *Client) fail(r *request, e *Error) error {
	op := r.op
	e.Operation, e.Safety = op.Name, Safety(op.Safety)
	if c != nil && c.root != nil {
		e.Environment = c.root.environment.Name
	}
	switch {
	case op.PersonalTarget || e.Phase == PhaseBuild:
	case r.target != "":
		e.Target = call.Cut(r.target, 64)
	case len(r.ids) > 0:
		e.Target = call.Cut(r.ids[0], 64)
	}
	if c != nil && c.root != nil {
		e.hide(c.token.secrets.Hide)
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
