// Package invoicezip packs an invoice with its image and attachments into the ZIP
// that ax.InvoiceService.Send takes. It is a package of its own so that
// programs which send no ZIP do not link a compressor.
package invoicezip

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// Archive is an invoice with its image and attachments, to be sent as
// one ZIP. Give its Reader to an ax.InvoiceUpload whose file name ends in
// .zip. Inferred: that the service takes the file names used here; one
// third-party client uses them.
type Archive struct {
	XML         io.Reader // the invoice, stored as invoice.xml
	PDF         io.Reader // its image, stored as invoice.pdf; nil: none
	Attachments []Attachment
}

// Attachment is a file beside an invoice.
type Attachment struct {
	Filename string
	Content  io.Reader
}

// Reader returns the ZIP as a stream: the files are read, compressed and passed
// on one by one, so the whole never is in memory. The same contents give
// the same bytes. None of the readers is closed.
//
// The error matches [maventa.ErrValidation]: the XML is missing, or a file name is not
// plain or comes twice.
func (a Archive) Reader() (io.Reader, error) {
	if a.XML == nil {
		return nil, invalid("xml", "is required")
	}
	z := &zipStream{files: []Attachment{{"invoice.xml", a.XML}}}
	if a.PDF != nil {
		z.files = append(z.files, Attachment{"invoice.pdf", a.PDF})
	}
	taken := map[string]bool{"invoice.xml": true, "invoice.pdf": true}
	for _, file := range a.Attachments {
		if problem := filenameProblem(file.Filename); problem != "" {
			return nil, invalid("attachments", "a file name "+problem)
		}
		if key := strings.ToLower(file.Filename); taken[key] {
			return nil, invalid("attachments", "a file name comes twice, or is that of the invoice or its image")
		} else { //nolint:revive // key belongs to this if
			taken[key] = true
		}
		if file.Content == nil {
			return nil, invalid("attachments", "a file has no content")
		}
		z.files = append(z.files, file)
	}
	z.zip = zip.NewWriter(&z.ready)
	return z, nil
}

// zipStream makes a ZIP as it is read: no goroutine, and no more in memory than
// one file, compressed. A file is written when its size and checksum are known: a
// reader that reads a ZIP from its beginning finds them before the file only.
type zipStream struct {
	files []Attachment // still to be added
	zip   *zip.Writer
	ready bytes.Buffer
	err   error
}

func (z *zipStream) Read(p []byte) (int, error) {
	for z.ready.Len() == 0 && z.err == nil {
		z.err = z.step()
	}
	if z.ready.Len() > 0 {
		return z.ready.Read(p)
	}
	return 0, z.err
}

// step adds the next file, or ends.
func (z *zipStream) step() error {
	if len(z.files) == 0 {
		if err := z.zip.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	file := z.files[0]
	z.files = z.files[1:]
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.BestSpeed) // most of it is a PDF, compressed already
	if err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	size, err := io.Copy(io.MultiWriter(deflate, sum), file.Content)
	if err == nil {
		err = deflate.Close()
	}
	if err != nil {
		return err
	}
	entry, err := z.zip.CreateRaw(&zip.FileHeader{
		Name: file.Filename, Method: zip.Deflate, Flags: utf8Names, ReaderVersion: 20,
		CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(size), //nolint:gosec // no length is negative
		ModifiedDate: firstDay, //nolint:staticcheck // CreateRaw writes no other field
	})
	if err == nil {
		_, err = packed.WriteTo(entry)
	}
	return err
}

const (
	utf8Names = 0x800    // the flag that says so
	firstDay  = 1<<5 | 1 // 1980-01-01, the first day that a ZIP can say; the day 0 is none
)

// invalid is the error for an archive that cannot be packed.
func invalid(field, problem string) *maventa.Error {
	return &maventa.Error{
		Operation: "invoicezip.Archive.Reader", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}

// filenameProblem says why a file of an archive cannot have a name.
func filenameProblem(name string) string {
	switch {
	case name == "":
		return "is required"
	case name == "." || name == "..":
		return "names a folder"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }):
		return "must be a plain file name of at most 255 bytes"
	}
	return ""
}
