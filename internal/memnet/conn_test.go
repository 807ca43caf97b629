package memnet

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func testPipe() (client, server *Conn) {
	a := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	return pipe(a, a)
}

func TestPipeCarriesMoreThanItsBuffer(t *testing.T) {
	client, server := testPipe()
	sent := make([]byte, 3*bufferSize+17)
	for i := range sent {
		sent[i] = byte(i)
	}
	go func() {
		_, _ = client.Write(sent)
		_ = client.Close()
	}()
	got, err := io.ReadAll(server)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("got %d bytes and %v, want %d", len(got), err, len(sent))
	}
}

func TestPipeEnds(t *testing.T) {
	buf := make([]byte, 10)

	client, server := testPipe()
	_, _ = server.Write([]byte("last"))
	_ = server.Close()
	if n, err := client.Read(buf); n != 4 || err != nil {
		t.Errorf("what was sent before Close: %d, %v", n, err)
	}
	if _, err := client.Read(buf); err != io.EOF { //nolint:errorlint // io.Reader promises the bare value
		t.Errorf("read after the peer's Close: %v, want io.EOF", err)
	}
	if _, err := client.Write(buf); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write after the peer's Close: %v, want EPIPE", err)
	}
	if _, err := server.Read(buf); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read after own Close: %v, want net.ErrClosed", err)
	}

	client, server = testPipe()
	_, _ = server.Write([]byte("lost"))
	server.Reset()
	if _, err := client.Read(buf); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read after a reset: %v, want ECONNRESET", err)
	}
	if _, err := client.Write(buf); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("write after a reset: %v, want ECONNRESET", err)
	}
}

func TestPipeDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := testPipe()
		buf := make([]byte, 10)
		_ = client.SetDeadline(time.Now().Add(time.Minute))
		start := time.Now()
		if _, err := client.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("read: %v after %v", err, time.Since(start))
		}
		if _, err := client.Write(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write after the deadline: %v", err)
		}
		_ = client.SetDeadline(time.Time{})
		if _, err := client.Write(make([]byte, bufferSize)); err != nil {
			t.Errorf("write without a deadline: %v", err)
		}
		_ = client.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := client.Write(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write to a full pipe: %v", err)
		}
		go func() {
			time.Sleep(time.Second)
			_ = client.SetReadDeadline(time.Unix(1, 0)) // as net/http does to end a read
		}()
		if _, err := client.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read with a deadline in the past: %v", err)
		}
		var timeout net.Error
		if _, err := client.Read(buf); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is no timeout", err)
		}
	})
}
