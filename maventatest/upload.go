package maventatest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

const (
	// keepOfFile is how much of an uploaded file is kept. The rest is counted
	// and hashed, so that a test can send files as large as it likes.
	keepOfFile = 1 << 20
	// maxFormValue is the most that is read of a form field.
	maxFormValue = 1 << 20
)

// File is a file as the server received it.
type File struct {
	Field       string // the form field
	Name        string // the filename of its part
	ContentType string
	Size        int64
	SHA256      string // in hexadecimal digits
	Content     []byte // the first megabyte
}

// complete reports whether the content is all of the file.
func (f *File) complete() bool { return int64(len(f.Content)) == f.Size }

// upload is a multipart form.
type upload struct {
	values url.Values
	files  []*File
	err    error // why it is no form
}

func (u *upload) file(field string) *File {
	for _, f := range u.files {
		if f.Field == field {
			return f
		}
	}
	return nil
}

// brokenReader remembers that the connection broke, which is not the same as a
// form that ends too early.
type brokenReader struct {
	io.Reader
	broken bool
}

func (r *brokenReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.broken = r.broken || err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// readUpload reads a multipart form without holding its files in memory. It is
// nil for any other request; false means that the client went away.
func readUpload(r *http.Request) (u *upload, whole bool) {
	if !strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/form-data") {
		return nil, true
	}
	source := &brokenReader{Reader: r.Body}
	r.Body = io.NopCloser(source)
	u = &upload{values: url.Values{}}
	parts, err := r.MultipartReader()
	if err != nil {
		u.err = err
	} else {
		u.err = u.readParts(parts)
	}
	_, _ = io.Copy(io.Discard, source) // the epilogue, so that the connection can be used again
	return u, !source.broken
}

func (u *upload) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			err = u.readFile(part)
		} else {
			err = u.readValue(part)
		}
		if err != nil {
			return err
		}
	}
}

func (u *upload) readValue(part *multipart.Part) error {
	text, err := io.ReadAll(io.LimitReader(part, maxFormValue+1))
	if err == nil && len(text) > maxFormValue {
		err = errors.New("a field is too long")
	}
	u.values.Add(part.FormName(), string(text))
	return err
}

func (u *upload) readFile(part *multipart.Part) error {
	f := &File{Field: part.FormName(), Name: part.FileName(), ContentType: part.Header.Get("Content-Type")}
	hash := sha256.New()
	var kept bytes.Buffer
	first, err := io.Copy(io.MultiWriter(hash, &kept), io.LimitReader(part, keepOfFile))
	if err != nil {
		return err
	}
	rest, err := io.Copy(hash, part)
	if err != nil {
		return err
	}
	f.Size, f.SHA256, f.Content = first+rest, hex.EncodeToString(hash.Sum(nil)), kept.Bytes()
	u.files = append(u.files, f)
	return nil
}
