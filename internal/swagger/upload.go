package swagger

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
	// KeepOfFile is how much of an uploaded file is kept. The rest is counted
	// and hashed, so that a test can send files as large as it likes.
	KeepOfFile = 1 << 20
	// maxFormValue is the most that is read of a form field.
	maxFormValue = 1 << 20
)

// UploadedFile is a file of a form.
type UploadedFile struct {
	Field       string // the form field
	Name        string // the filename of its part
	ContentType string
	Size        int64
	SHA256      string // in hexadecimal digits
	Content     []byte // the first megabyte
}

// Complete reports whether the content is all of the file.
func (f *UploadedFile) Complete() bool { return int64(len(f.Content)) == f.Size }

// Upload is a multipart form.
type Upload struct {
	Values url.Values
	Files  []*UploadedFile
	Err    error // why it is no form
}

// File finds the file of a form field; nil if there is none.
func (u *Upload) File(field string) *UploadedFile {
	for _, f := range u.Files {
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

// ReadUpload reads a multipart form without holding its files in memory. It is
// nil for any other request; false means that the client went away.
func ReadUpload(r *http.Request) (u *Upload, whole bool) {
	if !strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/form-data") {
		return nil, true
	}
	source := &brokenReader{Reader: r.Body}
	r.Body = io.NopCloser(source)
	u = &Upload{Values: url.Values{}}
	parts, err := r.MultipartReader()
	if err != nil {
		u.Err = err
	} else {
		u.Err = u.readParts(parts)
	}
	_, _ = io.Copy(io.Discard, source) // the epilogue, so that the connection can be used again
	return u, !source.broken
}

func (u *Upload) readParts(parts *multipart.Reader) error {
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

func (u *Upload) readValue(part *multipart.Part) error {
	text, err := io.ReadAll(io.LimitReader(part, maxFormValue+1))
	if err == nil && len(text) > maxFormValue {
		err = errors.New("a field is too long")
	}
	u.Values.Add(part.FormName(), string(text))
	return err
}

func (u *Upload) readFile(part *multipart.Part) error {
	f := &UploadedFile{Field: part.FormName(), Name: part.FileName(), ContentType: part.Header.Get("Content-Type")}
	hash := sha256.New()
	var kept bytes.Buffer
	first, err := io.Copy(io.MultiWriter(hash, &kept), io.LimitReader(part, KeepOfFile))
	if err != nil {
		return err
	}
	rest, err := io.Copy(hash, part)
	if err != nil {
		return err
	}
	f.Size, f.SHA256, f.Content = first+rest, hex.EncodeToString(hash.Sum(nil)), kept.Bytes()
	u.Files = append(u.Files, f)
	return nil
}
