package swagger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

func upload(t *testing.T, contentType string, body io.Reader) (*Upload, bool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost:1/", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	return ReadUpload(r)
}

func TestReadUpload(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), KeepOfFile/8)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("name", "a b"); err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{[]byte("small"), large} {
		part, err := w.CreateFormFile("file", "invoice.xml")
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := body.Bytes()
	u, complete := upload(t, w.FormDataContentType(), bytes.NewReader(whole))
	if !complete || u.Err != nil || u.Values.Get("name") != "a b" || len(u.Files) != 2 {
		t.Fatalf("%+v, %t", u, complete)
	}
	small := u.File("file")
	if !small.Complete() || string(small.Content) != "small" || small.Name != "invoice.xml" || small.ContentType != "application/octet-stream" {
		t.Errorf("%+v", small)
	}
	sum := sha256.Sum256(large)
	if f := u.Files[1]; f.Complete() || f.Size != int64(len(large)) || f.SHA256 != hex.EncodeToString(sum[:]) || len(f.Content) != KeepOfFile {
		t.Errorf("%d bytes, %s, %d kept", f.Size, f.SHA256, len(f.Content))
	}
	if u.File("other") != nil {
		t.Error("a file that was not sent")
	}

	if u, complete := upload(t, w.FormDataContentType(), bytes.NewReader(whole[:len(whole)/2])); u.Err == nil || !complete {
		t.Errorf("a form that ends too early: %v, %t", u.Err, complete)
	}
	broken := io.MultiReader(bytes.NewReader(whole[:200]), iotest.ErrReader(errors.New("reset")))
	if _, complete := upload(t, w.FormDataContentType(), broken); complete {
		t.Error("a broken connection is taken for a form")
	}
	if u, complete := upload(t, "multipart/form-data", strings.NewReader("x")); u.Err == nil || !complete {
		t.Errorf("a form without a boundary: %v, %t", u.Err, complete)
	}
	if u, complete := upload(t, "application/json", strings.NewReader("{}")); u != nil || !complete {
		t.Errorf("JSON: %+v, %t", u, complete)
	}
	long := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("x", maxFormValue+1) + "\r\n--b--\r\n"
	if u, _ := upload(t, "multipart/form-data; boundary=b", strings.NewReader(long)); u.Err == nil {
		t.Error("a field of any length is read")
	}
}
