package memnet

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
)

func TestListener(t *testing.T) {
	l := Listen(7)
	if got := l.Addr().String(); got != "127.0.0.1:7" {
		t.Errorf("the address is %s", got)
	}
	go func() {
		if server, err := l.Accept(); err == nil {
			_, _ = server.Write([]byte("hello"))
			_ = server.Close()
		}
	}()
	client, err := l.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 10)
	if n, err := client.Read(buf); err != nil || string(buf[:n]) != "hello" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if got := client.RemoteAddr().String(); got != "127.0.0.1:7" {
		t.Errorf("the server's address is %s", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Dial(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("dial with an ended context: %v", err) // nobody accepts
	}
	for range 2 { // closing twice is no mistake
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.Dial(t.Context()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial to a closed listener: %v, want ECONNREFUSED", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept of a closed listener: %v, want net.ErrClosed", err)
	}
}
