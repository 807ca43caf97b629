package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/textproto"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// form is a multipart/form-data body. Its files are read while it is sent, never
// into memory.
type form struct {
	fields []pair
	files  []formFile
}

type formFile struct {
	field, filename, contentType string
	content                      io.Reader
}

// add adds a field; an empty one is left out.
func (f *form) add(name, value string) {
	if value != "" {
		f.fields = append(f.fields, pair{name, value})
	}
}

// formOf makes a form of the fields of a struct that carry the tag form. A nested
// struct gives fields such as print_settings[color]. Readers are left out.
func formOf(v any, e ArrayEncoding) *form {
	f := &form{}
	f.addStruct(reflect.Indirect(reflect.ValueOf(v)), e, "")
	return f
}

func (f *form) addStruct(v reflect.Value, e ArrayEncoding, parent string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" {
			continue
		}
		if parent != "" {
			name = parent + "[" + name + "]"
		}
		f.addValue(v.Field(i), e, name)
	}
}

func (f *form) addValue(v reflect.Value, e ArrayEncoding, name string) {
	switch value := v.Interface().(type) {
	case Date:
		if !value.IsZero() {
			f.add(name, value.String())
		}
		return
	case time.Time:
		if !value.IsZero() {
			f.add(name, value.UTC().Format(time.RFC3339))
		}
		return
	case Opt[bool]:
		if set, ok := value.Get(); ok {
			f.add(name, strconv.FormatBool(set))
		}
		return
	}
	switch v.Kind() { //nolint:exhaustive // readers and the like are no fields
	case reflect.String:
		f.add(name, v.String())
	case reflect.Bool:
		if v.Bool() {
			f.add(name, "true")
		}
	case reflect.Struct:
		f.addStruct(v, e, name)
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = v.Index(i).String()
		}
		f.fields = append(f.fields, e.pairs(name, list, func(s string) string { return s })...)
	}
}

// values is the form's fields as JSON, for the digest of the call and for hiding
// them in errors. The files are not in it.
func (f *form) values() []byte {
	list := make([]map[string]string, 0, len(f.fields))
	for _, p := range f.fields {
		list = append(list, map[string]string{p.name: p.value})
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil // strings always can be written
	}
	return b
}

// upload is the form as a body that can be sent once.
func (f *form) upload() *upload {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	for _, p := range f.fields {
		_ = w.WriteField(p.name, p.value) // writing to memory does not fail
	}
	parts, size := make([]io.Reader, 0, 2*len(f.files)+1), int64(0)
	cut := func() {
		size = addSize(size, int64(text.Len()))
		parts = append(parts, bytes.NewReader(bytes.Clone(text.Bytes())))
		text.Reset()
	}
	for _, file := range f.files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", multipart.FileContentDisposition(file.field, file.filename))
		h.Set("Content-Type", file.contentType)
		_, _ = w.CreatePart(h)
		cut()
		size = addSize(size, sizeOf(file.content))
		parts = append(parts, file.content)
	}
	_ = w.Close()
	cut()
	u := &upload{src: io.MultiReader(parts...), contentType: []string{w.FormDataContentType()}, size: size, turn: make(chan struct{}, 1), over: make(chan struct{})}
	u.turn <- struct{}{}
	return u
}

// addSize adds sizes of which -1 is not known.
func addSize(a, b int64) int64 {
	if a < 0 || b < 0 {
		return -1
	}
	return a + b
}

// sizeOf is what is left to read in r, or -1 where only reading would tell.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case *bytes.Buffer:
		return int64(r.Len())
	case io.Seeker:
		here, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return -1
		}
		end, err := r.Seek(0, io.SeekEnd)
		if _, back := r.Seek(here, io.SeekStart); err != nil || back != nil || end < here {
			return -1
		}
		return end - here
	}
	return -1
}

// upload is a request body that is read from the caller's readers as it leaves.
// Once stop has returned they are not read any more, although net/http may still
// hold the body then.
type upload struct {
	src         io.Reader
	contentType []string
	size        int64         // -1: not known, sent in chunks
	turn        chan struct{} // taken during a Read, and for good by stop
	over        chan struct{}
	err         error // of the caller's reader
}

func (u *upload) Read(p []byte) (int, error) {
	select {
	case <-u.over:
		return 0, io.ErrClosedPipe
	default:
	}
	select {
	case <-u.over:
		return 0, io.ErrClosedPipe
	case <-u.turn:
	}
	n, err := u.src.Read(p)
	if err != nil && err != io.EOF {
		u.err = err
	}
	u.turn <- struct{}{}
	return n, err
}

// Close does nothing: the readers belong to the caller.
func (u *upload) Close() error { return nil }

// stop ends the reading and returns what was wrong with the caller's readers. A
// Read that is under way is waited for, as long as ctx allows.
func (u *upload) stop(ctx context.Context) (err error) {
	select {
	case <-u.turn:
		err = u.err
	case <-ctx.Done():
	}
	close(u.over)
	return err
}

// filenameProblem says why name cannot be the name of an uploaded file.
func filenameProblem(name string) string {
	if name == "" {
		return "is required"
	}
	if len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }) {
		return "must be a plain file name of at most 255 bytes"
	}
	return ""
}
