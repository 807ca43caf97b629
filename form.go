package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/call"
)

// Form is a multipart/form-data body for [Client.Do]. Its files are read while it
// is sent, never into memory, and not closed.
//
// A form is the body of one call, which makes one attempt: what has been read
// cannot be sent again. For another attempt make another form.
type Form struct {
	fields []formField
	files  []formFile
	isSent atomic.Bool // its files were read
}

type formField struct {
	array

	isArray bool // written as WithArrayEncoding says, with a single value too
}

type formFile struct {
	field, filename, contentType string
	content                      io.Reader
}

// Add adds a field. An empty one is left out.
func (f *Form) Add(name, value string) {
	if value != "" {
		f.fields = append(f.fields, formField{array: array{name, []string{value}}})
	}
}

// AddArray adds a field with several values, written as [WithArrayEncoding] says.
func (f *Form) AddArray(name string, values ...string) {
	f.fields = append(f.fields, formField{array{name, values}, true})
}

// AddFile adds a file. The content type is for example application/xml. A content
// that is also an [io.Seeker], as a file of the system is, is sent with its
// length; another one is sent in chunks.
func (f *Form) AddFile(name, filename, contentType string, content io.Reader) {
	f.files = append(f.files, formFile{name, filename, contentType, content})
}

// problem says why the form cannot be sent.
func (f *Form) problem() (field, problem string) {
	switch {
	case f == nil:
		return "body", "is a nil form"
	case f.isSent.Load():
		return "body", "is a form that has been sent: its files are read, make another one"
	}
	for name, value := range f.params(ArrayRepeated) {
		if !utf8.ValidString(name + value) {
			return call.Printable(name), notUTF8
		}
	}
	for _, file := range f.files {
		if file.content == nil {
			return "body", "is a form with a file that has no content"
		}
		if _, _, err := mime.ParseMediaType(file.contentType); err != nil || strings.ContainsFunc(file.contentType, unicode.IsControl) {
			return "body", "is a form with a file whose content type is none, such as application/xml"
		}
		if !utf8.ValidString(file.field + file.filename) {
			return call.Printable(file.field), notUTF8
		}
	}
	return "", ""
}

// params are the fields as they are sent.
func (f *Form) params(e ArrayEncoding) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, field := range f.fields {
			encoding := e
			if !field.isArray {
				encoding = ArrayRepeated
			}
			for name, values := range encoding.params(field.name, field.values) {
				if !yield(name, strings.Join(values, ",")) {
					return
				}
			}
		}
	}
}

// values is the form's fields as JSON, for hiding them in errors. The files are
// not in it.
func (f *Form) values() []byte {
	list := make([]map[string]string, 0, len(f.fields))
	for name, value := range f.params(ArrayRepeated) {
		list = append(list, map[string]string{name: value})
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil // strings always can be written
	}
	return b
}

// prepare makes b a call with the form as its body. What has been read cannot be
// sent again, not even after a 401: so there is one attempt, with a token that is
// not about to expire.
func (f *Form) prepare(b *built, e ArrayEncoding) {
	b.attempts = 1
	if !b.op.NoAuth {
		b.token = (*tokenCache).fresh
	}
	b.form = f.upload(e)
}

// upload is the form as a body that can be sent once.
func (f *Form) upload(e ArrayEncoding) *upload {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	for name, value := range f.params(e) {
		_ = w.WriteField(name, value) // writing to memory does not fail
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
	u := &upload{
		isRead: &f.isSent, src: io.MultiReader(parts...), contentType: []string{w.FormDataContentType()}, size: size,
		turn: make(chan struct{}, 1), over: make(chan struct{}),
	}
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
	isRead      *atomic.Bool // the form's: a link to the form would put it into every program
	src         io.Reader
	contentType []string
	size        int64         // -1: not known, sent in chunks
	turn        chan struct{} // taken during a Read, and for good by stop
	over        chan struct{}
	err         error // of the caller's reader
}

// Read implements [io.Reader].
func (u *upload) Read(p []byte) (n int, err error) {
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
	u.isRead.Store(true)
	defer func() {
		if recover() != nil { // in a goroutine of net/http, where nobody else could
			n, err = 0, errors.New("the reader panicked")
		}
		if err != nil && err != io.EOF { //nolint:errorlint // io.Reader returns it bare
			u.err = err
		}
		u.turn <- struct{}{}
	}()
	return u.src.Read(p)
}

// Close implements [io.Closer]. It does nothing: the readers belong to the caller.
func (u *upload) Close() error { return nil }

// finish ends the reading when the request is over. Where that failed, err says
// what was wrong with the caller's readers.
func (u *upload) finish(ctx context.Context, err *Error) {
	if readErr := u.stop(ctx); readErr != nil && err != nil {
		err.Err, err.Hint = unprinted(readErr), "the file could not be read to its end"
	}
}

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
