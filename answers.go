package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// many makes a call that answers with a list in one piece.
func many[T any](ctx context.Context, c *Client, r request, opts []CallOption) ([]T, error) {
	out := &items[T]{}
	r.out = out
	if err := c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	return out.list, nil
}

// oneOrMany is [many] for calls whose description speaks of a list where their
// schema has one object.
func oneOrMany[T any](ctx context.Context, c *Client, r request, opts []CallOption) ([]T, error) {
	out := &items[T]{alone: true}
	r.out = out
	if err := c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	return out.list, nil
}

// items is the answer of an unpaged list.
type items[T any] struct {
	list  []T
	alone bool // an object is a list of one
}

func (i *items[T]) decodeBody(body []byte, _ http.Header) (problem string) {
	i.list = []T{}
	if body = bytes.TrimSpace(body); !i.alone || body[0] != '{' {
		return decodeItems(body, &i.list)
	}
	i.list = make([]T, 1)
	return decodeJSON(body, &i.list[0])
}

// Texts is a list of texts that the service may also give as a single one: its
// Swagger file and its examples differ on some.
type Texts []string

// UnmarshalJSON reads a list of texts, one text, or null.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var list []string
	if data[0] == '"' {
		list = make([]string, 1)
		if err := json.Unmarshal(data, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*t = list
	return nil
}

// Flag is a bool that the service also gives as 0 or 1.
type Flag bool

// UnmarshalJSON reads true, false, a number (0 is false) or null, which is
// false.
func (f *Flag) UnmarshalJSON(data []byte) error {
	var a Amount
	switch s := string(data); s {
	case "true", "false", "null":
		*f = s == "true"
		return nil
	default:
		if err := a.UnmarshalJSON(data); err != nil {
			return err
		}
	}
	*f = a.Sign() != 0
	return nil
}
