package call

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
)

// NetworkProblem says what is wrong with the network, in words that hold no address
// and no body. It uses no errors.As, which adds 17 kB to a user's binary.
func NetworkProblem(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host name could not be resolved"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the server's certificate is signed by an unknown authority"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the server's certificate is for another host"
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return "the server's certificate is not valid, or no longer"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Op + ": " + Cut(op.Err.Error(), 128)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed before the answer was complete"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "network timeout"
	}
	return "network failure"
}
