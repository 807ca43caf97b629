package maventa

import (
	"encoding/json"
	"io"
	"iter"
	"mime"
	"strings"
)

// Form is a multipart/form-data body for [Client.Do]. Its files are read while it
// is sent, never into memory, and not closed.
//
// A form is the body of one call, which makes one attempt: what has been read
// cannot be sent again. For another attempt make another form.
type Form struct {
	fields []formField
	files  []formFile
	isSent bool
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
func (f *Form) problem() string {
	switch {
	case f == nil:
		return "is a nil form"
	case f.isSent:
		return "is a form that has been sent: its files are read, make another one"
	}
	for _, file := range f.files {
		if file.content == nil {
			return "is a form with a file that has no content"
		}
		if _, _, err := mime.ParseMediaType(file.contentType); err != nil {
			return "is a form with a file whose content type is none, such as application/xml"
		}
	}
	return ""
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
