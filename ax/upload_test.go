package ax_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/invoicezip"
)

// noise is a reader of n bytes that do not compress: a block longer than the
// window of deflate, again and again.
type noise struct {
	block []byte
	n, at int
}

func newNoise(n int) *noise {
	r := &noise{block: make([]byte, 1<<20), n: n}
	_, _ = rand.NewChaCha8([32]byte{}).Read(r.block)
	return r
}

func (r *noise) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.n)], r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	r.n -= n
	return n, nil
}

// A ZIP of 50 MB is made and sent piece by piece.
func TestUploadMemory(t *testing.T) {
	const size = 50 << 20
	var received int64
	c := ct.Loopback(t, func(w http.ResponseWriter, r *http.Request) {
		received, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"in-1"}`)
	})
	_, err := ax.New(c).Auth.Status(t.Context()) // a token and a connection
	require.Error(t, err)

	archive, err := invoicezip.Archive{XML: strings.NewReader("<Finvoice/>"), PDF: newNoise(size)}.Reader()
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = ax.New(c).Invoices.Send(t.Context(), ax.InvoiceUpload{File: archive, Filename: "invoice.zip", LedgerID: "1001"}, maventa.WithTimeout(10*time.Minute))
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Greater(t, received, int64(size))
	used := after.TotalAlloc - before.TotalAlloc
	assert.Less(t, used, uint64(8<<20), "allocated in all, server included")
	t.Logf("%d bytes sent, %d allocated", received, used)
}

// uuidOf1001 is that of the tests' company and the ledger's 1001.
const uuidOf1001 = "7b560886-d608-53d7-b3b7-c9112114bde2"

var errFile = errors.New("disk gone: canary")

func TestInvoiceUUID(t *testing.T) {
	// Computed by another implementation (Python's uuid.uuid5).
	assert.Equal(t, uuidOf1001, ax.InvoiceUUID(ct.CompanyID, "1001"))
	assert.Equal(t, uuidOf1001, ax.InvoiceUUID(strings.ToUpper(ct.CompanyID), "1001"))
	assert.NotEqual(t, uuidOf1001, ax.InvoiceUUID(ct.CompanyID, "1002"))
	assert.NotEqual(t, uuidOf1001, ax.InvoiceUUID("6f1f7c5e-0000-4000-8000-000000000002", "1001"))

	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/invoices", ct.Reply{Status: 201, Body: `{"id":"` + uuidOf1001 + `"}`})
	_, err := ax.New(m.Client).Invoices.Send(t.Context(), ax.InvoiceUpload{File: strings.NewReader("<x/>"), LedgerID: "1001"})
	require.NoError(t, err)
	assert.Equal(t, "uuid="+uuidOf1001+"\nfile=<x/> (invoice.xml, application/xml)", ct.FormOf(t, m.Sent[0]))
}

func TestSendRules(t *testing.T) {
	m := ct.NewMock(t)
	send := func(change func(*ax.InvoiceUpload)) error {
		u := ax.InvoiceUpload{File: strings.NewReader("<x/>"), LedgerID: "1"}
		change(&u)
		return onlyErr(ax.New(m.Client).Invoices.Send(t.Context(), u))
	}
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.File = nil }), "file")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.LedgerID = "" }), "uuid")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.UUID = strings.Repeat("x", 37) }), "uuid")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.UUID = "a/b" }), "uuid")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.Filename = "a/b" }), "filename")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.XMLFormat = "WORD" }), "format")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.Language = "FR" }), "lang")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.DisabledRoutes = []ax.InvoiceRoute{"vipps"} }), "disabled_routes")
	ct.Refused(t, send(func(u *ax.InvoiceUpload) { u.SenderComment = strings.Repeat("ä", 1025) }), "sender_comment")
	m.NothingSent()
}

// A refusal may mean that the invoice is there already: the error says where to
// look.
func TestSendRefused(t *testing.T) {
	for _, status := range []int{400, 409, 422} {
		m := ct.NewMock(t)
		m.On("POST", ct.AX+"/v1/invoices", ct.Reply{Status: status, Body: `{"code":"taken"}`})
		_, err := ax.New(m.Client).Invoices.Send(t.Context(), ax.InvoiceUpload{File: strings.NewReader("<x/>"), LedgerID: "1001"})
		e := ct.Failure(t, err)
		assert.Equal(t, maventa.OutcomeRejected, e.Outcome)
		assert.Equal(t, uuidOf1001, e.Target)
		assert.ErrorContains(t, err, "if this UUID was sent before, the invoice may be there: read it with Invoices.Get; refused, nothing was changed")
	}
}

// A reader cannot be read again: whatever happens, one attempt.
func TestSendOnce(t *testing.T) {
	for name, test := range map[string]struct {
		reply   ct.Reply
		outcome maventa.Outcome
	}{
		"401":         {ct.Reply{Status: 401}, maventa.OutcomeRejected},
		"429":         {ct.Reply{Status: 429}, maventa.OutcomeRejected},
		"503":         {ct.Reply{Status: 503}, maventa.OutcomeUnknown},
		"no answer":   {ct.Reply{Err: errors.New("connection lost")}, maventa.OutcomeUnknown},
		"broken body": {ct.Reply{Status: 201, Body: `{"id":`}, maventa.OutcomeApplied},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t, maventa.WithRetry(maventa.RetryPolicy{}))
			m.On("POST", ct.AX+"/v1/invoices", test.reply)
			_, err := ax.New(m.Client).Invoices.Send(t.Context(), ax.InvoiceUpload{File: strings.NewReader("<x/>"), LedgerID: "1001"})
			e := ct.Failure(t, err)
			assert.Equal(t, test.outcome, e.Outcome)
			assert.Equal(t, uuidOf1001, e.Target)
			assert.Len(t, m.Sent, 1)
			assert.Equal(t, test.outcome == maventa.OutcomeUnknown, errors.Is(err, maventa.ErrOutcomeUnknown))
		})
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	c := ct.Loopback(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	_, err := ax.New(c).Invoices.Send(t.Context(), ax.InvoiceUpload{File: io.MultiReader(strings.NewReader("<x/>"), iotest.ErrReader(errFile)), LedgerID: "1"})
	e := ct.Failure(t, err)
	assert.Equal(t, maventa.OutcomeUnknown, e.Outcome)
	require.ErrorIs(t, err, errFile)
	assert.ErrorContains(t, err, "could not be read")
	ct.AssertHides(t, err, "canary", "disk gone")
}

// panickyReader is a file whose code is wrong.
type panickyReader struct{}

func (panickyReader) Read([]byte) (int, error) { panic("canary") }

// A reader is read by a goroutine of net/http, where nobody could recover its panic.
func TestFileThatPanics(t *testing.T) {
	c := ct.Loopback(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	_, err := ax.New(c).Invoices.Send(t.Context(), ax.InvoiceUpload{File: io.MultiReader(strings.NewReader("<x/>"), panickyReader{}), LedgerID: "1"})
	require.ErrorContains(t, err, "could not be read")
	assert.Equal(t, maventa.OutcomeUnknown, ct.Failure(t, err).Outcome)
	ct.AssertHides(t, err, "canary")
}

// Where the sizes are known, the length is sent instead of chunks.
func TestUploadLength(t *testing.T) {
	var lengths []int64
	c := ct.Loopback(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		lengths = append(lengths, r.ContentLength, int64(len(body)))
		_, params, _ := strings.Cut(r.Header.Get("Content-Type"), "boundary=")
		form, err := multipart.NewReader(bytes.NewReader(body), params).ReadForm(1 << 20)
		if assert.NoError(t, err) {
			assert.Len(t, form.File["file"], 1)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"in-1"}`)
	})
	half := strings.NewReader("xx<x/>")
	_, _ = half.Seek(2, io.SeekStart)
	for _, file := range []io.Reader{half, bytes.NewBufferString("<x/>"), io.MultiReader(strings.NewReader("<x/>"))} {
		_, err := ax.New(c).Invoices.Send(t.Context(), ax.InvoiceUpload{File: file, LedgerID: "1"})
		require.NoError(t, err)
	}
	assert.Equal(t, lengths[1], lengths[0])
	assert.Equal(t, lengths[3], lengths[2])
	assert.Equal(t, int64(-1), lengths[4])
}

// The timeout of a download ends with the headers; the context does not.
func TestDownloadTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, write := io.Pipe()
		c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithTimeout(time.Second),
			maventa.WithHTTPClient(&http.Client{Transport: ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/token") {
					return ct.Reply{Status: 200, Body: `{"access_token":"t","token_type":"bearer","expires_in":3600}`}.Response(t, r), nil
				}
				context.AfterFunc(r.Context(), func() { _ = write.CloseWithError(r.Context().Err()) })
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/pdf"}}, ContentLength: -1, Body: read, Request: r}, nil
			})}))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		d, err := ax.New(c).Invoices.GetAs(ctx, "in-1", ax.OriginalOrGeneratedImage)
		require.NoError(t, err)
		assert.Equal(t, "application/pdf", d.ContentType)
		time.Sleep(time.Hour)
		go func() { _, _ = io.WriteString(write, "%PDF") }()
		b := make([]byte, 16)
		n, err := d.Read(b)
		require.NoError(t, err)
		assert.Equal(t, "%PDF", string(b[:n]))

		cancel()
		synctest.Wait()
		_, err = d.Read(b)
		require.ErrorIs(t, err, context.Canceled)
		ct.Failure(t, err)
		require.NoError(t, d.Close())
	})
}

func TestDownloadFailures(t *testing.T) {
	m := ct.NewMock(t)
	url := ct.AX + "/v1/invoices/in-1"
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	m.On("GET", url, ct.Reply{Status: 404, Body: `{"code":"not_found"}`}, ct.Reply{Status: 200, Body: "<html>log in</html>", Header: html})
	_, err := ax.New(m.Client).Invoices.GetAs(t.Context(), "in-1", "FINVOICE30")
	require.ErrorIs(t, err, maventa.ErrNotFound)
	assert.Equal(t, "not_found", ct.Failure(t, err).Code)
	_, err = ax.New(m.Client).Invoices.GetAs(t.Context(), "in-1", "FINVOICE30")
	assert.ErrorContains(t, err, "HTML")
	assert.Equal(t, []string{"GET " + url + "?return_format=FINVOICE30", "GET " + url + "?return_format=FINVOICE30"}, m.URLs())
	ct.Refused(t, onlyErr(ax.New(m.Client).Invoices.GetAs(t.Context(), "in-1", "WORD")), "return_format")

	m.On("GET", ct.AX+"/v1/files/f-1", ct.Reply{Status: 200, Body: "<html>an attachment</html>", Header: html})
	d, err := ax.New(m.Client).Files.Download(t.Context(), "f-1")
	require.NoError(t, err, "an attachment may be a page")
	require.NoError(t, d.Close())
	require.NoError(t, (&maventa.Download{}).Close())
}

// A slow server is cut off at the headers.
func TestDownloadDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithTimeout(time.Second), maventa.WithRetry(maventa.NoRetry),
			maventa.WithHTTPClient(&http.Client{Transport: ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/token") {
					return ct.Reply{Status: 200, Body: `{"access_token":"t","token_type":"bearer","expires_in":3600}`}.Response(t, r), nil
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}))
		require.NoError(t, err)
		start := time.Now()
		_, err = ax.New(c).Files.Download(t.Context(), "f-1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(start))
	})
}
