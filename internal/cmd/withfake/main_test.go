package main

import (
	"os"
	"testing"
)

// TestRun runs this test program again as the command.
func TestRun(t *testing.T) {
	if os.Getenv("FAKE_CONTROL_URL") != "" {
		for _, name := range []string{"MAVENTA_AX_URL", "MAVENTA_RECEIVABLES_URL", "MAVENTA_COMPANY_ID", "MAVENTA_USER_API_KEY", "MAVENTA_VENDOR_API_KEY"} {
			if os.Getenv(name) == "" {
				t.Errorf("%s is not set", name)
			}
		}
		return
	}
	status, err := run(t.Context(), []string{os.Args[0], "-test.run=TestRun"})
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if status, err := run(t.Context(), []string{os.Args[0], "-test.nosuchflag"}); status == 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if _, err := run(t.Context(), nil); err == nil {
		t.Error("no command, no error")
	}
}
