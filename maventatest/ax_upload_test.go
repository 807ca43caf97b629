package maventatest

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// A file of 50 MB passes through: the server holds its first megabyte.
func TestLargeUpload(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	const size = 50 << 20
	hash := sha256.New()
	body, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		f, err := form.CreateFormFile("file", "invoice.zip")
		if err == nil {
			archive := zip.NewWriter(io.MultiWriter(f, hash))
			var xml, image io.Writer
			if xml, err = archive.Create("invoice.xml"); err == nil {
				_, err = io.WriteString(xml, finvoice("777", "12,34"))
			}
			if err == nil {
				image, err = archive.CreateHeader(&zip.FileHeader{Name: "image.pdf", Method: zip.Store})
			}
			if err == nil {
				_, err = io.CopyN(image, zeros{}, size)
			}
			if err == nil {
				err = archive.Close()
			}
		}
		if err == nil {
			err = form.Close()
		}
		_ = w.CloseWithError(err)
	}()
	op := operation.InvoicesSend
	req, err := http.NewRequest(op.Method, srv.AutoXChangeURL()+op.Path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", form.FormDataContentType())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	o := c.do(req).want(http.StatusCreated).object()
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 12<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
	if text(o, "number") != "777" || text(o, "sum_tax") != "12.34" {
		t.Errorf("the XML at the head of a large archive is read: %v", o)
	}
	sent := srv.RequestsTo("Invoices.Send")[0].Files[0]
	if sent.Size < size || sent.SHA256 != hex.EncodeToString(hash.Sum(nil)) || len(sent.Content) != swagger.KeepOfFile {
		t.Errorf("%d bytes, %s, %d kept", sent.Size, sent.SHA256, len(sent.Content))
	}
	files := o["files"].([]any)
	archive := files[len(files)-1].(map[string]any)
	c.call(operation.InvoicesDownloadFile, []string{text(o, "id"), text(archive, "id")}, "", "").wantError(http.StatusNotFound, "not_found", "first megabyte")
}

func TestFaultsOfUploads(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	srv.Inject(DropAfterCommit().On("Invoices.Send"))
	if r := c.send(finvoice("1", "1,00"), part{"uuid", "", ownUUID}); r.err == nil {
		t.Errorf("answered %d", r.status)
	}
	c.call(operation.InvoicesGet, []string{ownUUID}, "", "").want(http.StatusOK)
	srv.Inject(DeliverTwice().On("Invoices.Send"))
	c.send(finvoice("2", "1,00"), part{"uuid", "", "another"}).want(http.StatusUnprocessableEntity)
	if n := len(c.co.AX().Invoices()); n != 2 {
		t.Errorf("%d invoices, want 2", n)
	}
}
