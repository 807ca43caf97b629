package call

import (
	"fmt"
	"strings"
	"testing"
)

// TestSignName: each sign is found however its name is written, and no other name is.
func TestSignName(t *testing.T) {
	signs := []string{
		"code", "message", "title", "detail", "success", "ok", "status", "statuscode", "httpstatus",
		"error", "errors", "errormessage", "fault", "faultstring", "exception",
	}
	for _, sign := range signs {
		for _, name := range []string{
			sign, strings.ToUpper(sign), strings.ToUpper(sign[:1]) + sign[1:], sign[:1] + "_" + sign[1:], "_" + sign, sign + "-",
			fmt.Sprintf(`\u%04x`, sign[0]) + sign[1:], sign[:1] + fmt.Sprintf(`\u%04X`, sign[1]-0x20) + sign[2:],
			strings.ReplaceAll(sign, "s", "\u017f"), // which encoding/json takes for an s
		} {
			if got := signName([]byte(`"` + name + `"`)); got != sign {
				t.Errorf("%q is %q, want %q", name, got, sign)
			}
		}
	}
	for _, name := range []string{"", "e", "id", "amount", "sum", "order", "created_at", "_", "terror", `\u0069d`} {
		if got := signName([]byte(`"` + name + `"`)); got != "" {
			t.Errorf("%q is %q", name, got)
		}
	}
}
