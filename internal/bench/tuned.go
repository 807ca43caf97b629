package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"golang.org/x/oauth2"
)

// tuned is the practical limit of encoding/json: what one may do by hand without
// another JSON library. It has the twin's models. It reads each answer into a
// buffer that is used again, gives a page's items their room at once, keeps the
// address parsed, and sets the token itself, since x/oauth2's transport copies
// every request. Bodies of requests are not pooled: net/http may read one after
// the call has returned.
type tuned struct {
	base    *url.URL
	client  *http.Client
	tokens  oauth2.TokenSource
	buffers sync.Pool // of *bytes.Buffer
}

var (
	acceptJSON = []string{"application/json"}
	agent      = []string{"bench"}
)

func newTuned(base string, rt http.RoundTripper) (*tuned, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	cfg, ctx := credentials(base, rt)
	return &tuned{
		base: u, client: &http.Client{Transport: rt}, tokens: cfg.TokenSource(ctx),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}, nil
}

func (t *tuned) get(ctx context.Context, id string) (any, error) {
	a := &rawAssignment{}
	_, err := t.do(ctx, http.MethodGet, "/v1/assignments/"+id, "", nil, http.StatusOK, a)
	return a, err
}

func (t *tuned) post(ctx context.Context, id string) (any, error) {
	body, err := json.Marshal(&rawNewEvent{Type: "paid", Amount: 100.50, Date: eventDate})
	if err != nil {
		return nil, err
	}
	e := &rawEvent{}
	_, err = t.do(ctx, http.MethodPost, "/v1/assignments/"+id+"/events", "", body, http.StatusCreated, e)
	return e, err
}

func (t *tuned) list(ctx context.Context, each func()) error {
	for next := "1"; next != ""; {
		items := make([]rawAssignment, 0, perPage)
		query := "page=" + next + "&per_page=" + strconv.Itoa(perPage)
		h, err := t.do(ctx, http.MethodGet, "/v1/assignments", query, nil, http.StatusOK, &items)
		if err != nil {
			return err
		}
		for range items {
			each()
		}
		next = h.Get("X-Next-Page")
	}
	return nil
}

func (t *tuned) do(ctx context.Context, method, path, query string, in []byte, want int, out any) (http.Header, error) {
	token, err := t.tokens.Token()
	if err != nil {
		return nil, err
	}
	u := *t.base
	u.Path, u.RawQuery = u.Path+path, query
	req := (&http.Request{
		Method: method, URL: &u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Accept": acceptJSON, "User-Agent": agent, "Authorization": {token.Type() + " " + token.AccessToken}},
	}).WithContext(ctx)
	if in != nil {
		req.Header["Content-Type"] = acceptJSON
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(in)), int64(len(in))
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	buffer, ok := t.buffers.Get().(*bytes.Buffer)
	if !ok {
		buffer = new(bytes.Buffer)
	}
	defer t.buffers.Put(buffer)
	buffer.Reset()
	if _, err := buffer.ReadFrom(resp.Body); err != nil {
		return nil, err
	}
	if resp.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s: %.200s", method, path, resp.Status, buffer.Bytes())
	}
	return resp.Header, json.Unmarshal(buffer.Bytes(), out)
}
