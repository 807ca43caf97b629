// Package invoicezip packs an invoice with its image and attachments into the ZIP
// that ax.InvoiceService.Send takes. It is a package of its own so that
// programs which send no ZIP do not link a compressor.
package invoicezip

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"math"
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
// on piece by piece, so the whole never is in memory. The same contents give
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

// zipStream makes a ZIP as it is read: no goroutine, and no more in memory than a
// small file. What reads a ZIP from its beginning needs a file's size and checksum
// before the file: a small file is written when they are known. They follow a large
// one, which not every such reader takes.
type zipStream struct {
	files  []Attachment // still to be added, the first one perhaps in part
	zip    *zip.Writer
	header *zip.FileHeader // of the file that is being added
	entry  io.Writer       // of it, once its header is written
	packer *flate.Writer   // of it, into packed
	packed bytes.Buffer
	ready  bytes.Buffer
	piece  [32 << 10]byte
	err    error
}

// maxSmall is how large a small file is, compressed.
const maxSmall = 256 << 10

func (z *zipStream) Read(p []byte) (int, error) {
	for z.ready.Len() == 0 && z.err == nil {
		z.err = z.step()
	}
	if z.ready.Len() > 0 {
		return z.ready.Read(p)
	}
	return 0, z.err
}

// step adds a piece of the current file, or opens the next one, or ends.
func (z *zipStream) step() (err error) {
	if len(z.files) == 0 {
		if err := z.zip.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	if z.header == nil {
		z.header = &zip.FileHeader{
			Name: z.files[0].Filename, Method: zip.Deflate, Flags: utf8Names, ReaderVersion: 20,
			ModifiedDate: firstDay, //nolint:staticcheck // CreateRaw writes no other field
		}
		z.packed.Reset()
		if z.packer, err = flate.NewWriter(&z.packed, flate.BestSpeed); err != nil { // most of it is a PDF, compressed already
			return err
		}
	}
	n, err := z.files[0].Content.Read(z.piece[:])
	if _, writeErr := z.packer.Write(z.piece[:n]); writeErr != nil {
		return writeErr
	}
	z.header.CRC32 = crc32.Update(z.header.CRC32, crc32.IEEETable, z.piece[:n])
	z.header.UncompressedSize64 += uint64(n) //nolint:gosec // not negative
	switch {
	case errors.Is(err, io.EOF):
		err = z.packer.Close()
		z.header.CompressedSize64 += uint64(z.packed.Len()) //nolint:gosec // not negative
		if err == nil {
			err = z.pass()
		}
		z.header.CompressedSize = uint32(min(z.header.CompressedSize64, math.MaxUint32))     //nolint:staticcheck // what stands behind a large file
		z.header.UncompressedSize = uint32(min(z.header.UncompressedSize64, math.MaxUint32)) //nolint:staticcheck // as above
		z.files, z.header, z.entry = z.files[1:], nil, nil
		return err
	case err != nil:
		return err
	case z.packed.Len() > maxSmall || z.entry != nil:
		z.header.Flags |= sizeFollows
		size := uint64(z.packed.Len()) //nolint:gosec // not negative
		err = z.pass()
		z.header.CompressedSize64 += size
	}
	return err
}

// pass hands on what is packed of the current file, with its header before.
func (z *zipStream) pass() (err error) {
	if z.entry == nil {
		if z.entry, err = z.zip.CreateRaw(z.header); err != nil {
			return err
		}
	}
	_, err = z.packed.WriteTo(z.entry)
	return err
}

const (
	sizeFollows = 0x8      // a flag: size and checksum stand behind the file
	utf8Names   = 0x800    // a flag: names are UTF-8
	firstDay    = 1<<5 | 1 // 1980-01-01, the first day that a ZIP can say; the day 0 is none
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
