package call

import (
	"net/url"
	"strings"
)

// Host returns the host of an address, with its port, in one spelling: small letters,
// no dot at the end, no port where it is the scheme's own.
func Host(u *url.URL) string {
	host, port := strings.TrimRight(strings.ToLower(u.Hostname()), "."), u.Port()
	if digits := strings.TrimLeft(port, "0"); digits != "" {
		port = digits
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return host
	}
	return host + ":" + port
}

// MaventaKind says whether host is one of Maventa's, and of which environment.
func MaventaKind(host string) string {
	host, _, _ = strings.Cut(host, ":") // a port is not another service
	label, isMaventa := strings.CutSuffix("."+host, ".maventa.com")
	switch {
	case !isMaventa:
		return ""
	case strings.HasSuffix(label, "-stage"):
		return "stage"
	default:
		return "production"
	}
}
