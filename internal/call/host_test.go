package call_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/call"
)

func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://ax.maventa.com/x":       "ax.maventa.com",
		"HTTPS://AX.Maventa.COM":         "ax.maventa.com",
		"https://ax.maventa.com.":        "ax.maventa.com",
		"https://ax.maventa.com.:443/":   "ax.maventa.com",
		"https://ax.maventa.com:":        "ax.maventa.com",
		"https://ax.maventa.com:000443":  "ax.maventa.com",
		"https://ax.maventa.com:80":      "ax.maventa.com:80",
		"https://ax.maventa.com:08443":   "ax.maventa.com:8443",
		"http://LOCALHOST.:80":           "localhost",
		"http://localhost:443":           "localhost:443",
		"http://[::1]:80":                "[::1]",
		"http://[0:0::A]:8080":           "[0:0::a]:8080",
		"https://x.example:0":            "x.example:0",
		"https://user:pw@x.example:443/": "x.example",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, call.Host(u), address)
	}
}
