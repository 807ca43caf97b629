package invoicezip_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/invoicezip"
)

func TestArchive(t *testing.T) {
	errFile := errors.New("disk gone")
	pack := func() []byte {
		r, err := invoicezip.Archive{
			XML: strings.NewReader("<Finvoice/>"), PDF: strings.NewReader("%PDF"),
			Attachments: []invoicezip.Attachment{{Filename: "määrät.csv", Content: strings.NewReader("a;b")}, {Filename: "empty", Content: strings.NewReader("")}},
		}.Reader()
		require.NoError(t, err)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		return b
	}
	b := pack()
	assert.Equal(t, b, pack(), "the same contents give the same bytes")
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(content)
		assert.Equal(t, "1980-01-01", f.Modified.Format(time.DateOnly), "%s: month and day 0 are no date", f.Name)
		assert.Zero(t, f.Flags&8, "%s: its size stands behind it, where a reader of a stream needs it before", f.Name)
	}
	assert.Equal(t, map[string]string{"invoice.xml": "<Finvoice/>", "invoice.pdf": "%PDF", "määrät.csv": "a;b", "empty": ""}, files)

	for name, a := range map[string]invoicezip.Archive{
		"no XML":     {},
		"folder":     {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: "..", Content: strings.NewReader("")}}},
		"itself":     {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: ".", Content: strings.NewReader("")}}},
		"Latin-1":    {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: "m\xe4\xe4r\xe4t", Content: strings.NewReader("")}}},
		"path":       {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: "../x", Content: strings.NewReader("")}}},
		"twice":      {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: "Invoice.XML", Content: strings.NewReader("")}}},
		"no content": {XML: strings.NewReader(""), Attachments: []invoicezip.Attachment{{Filename: "a"}}},
	} {
		_, err := a.Reader()
		require.ErrorIs(t, err, maventa.ErrValidation, name)
	}
	r, err := invoicezip.Archive{XML: io.MultiReader(strings.NewReader("<"), iotest.ErrReader(errFile))}.Reader()
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, errFile)
}

// A large file goes out before its end is read, and comes out whole.
func TestLargeFile(t *testing.T) {
	large := make([]byte, 5<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(large)
	r, err := invoicezip.Archive{
		XML: strings.NewReader("<Finvoice/>"), PDF: bytes.NewReader(large),
		Attachments: []invoicezip.Attachment{{Filename: "behind", Content: strings.NewReader("a;b")}},
	}.Reader()
	require.NoError(t, err)
	b, err := io.ReadAll(iotest.HalfReader(r))
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	for i, want := range [][]byte{[]byte("<Finvoice/>"), large, []byte("a;b")} {
		f, err := z.File[i].Open()
		require.NoError(t, err)
		got, err := io.ReadAll(f) // checks size and checksum
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), z.File[i].Name)
	}
	assert.NotZero(t, z.File[1].Flags&8)
	assert.Zero(t, z.File[2].Flags&8)
}
