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
