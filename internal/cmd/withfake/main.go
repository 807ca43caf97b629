// Command withfake runs a program with a fake Maventa beside it, and ends with its
// exit status: withfake COMMAND ARG... The program gets the two addresses and the
// keys in MAVENTA_AX_URL, MAVENTA_RECEIVABLES_URL, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY. What the other sides do it asks
// for by POST to FAKE_CONTROL_URL: /sign, /invoice, /remind?assignment=,
// /pay?assignment=&amount=. Each answers {"id": "..."}.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"

	"github.com/maventa-go/maventa/maventatest"
)

func main() {
	status, err := run(context.Background(), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withfake:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

func run(ctx context.Context, command []string) (status int, err error) {
	if len(command) == 0 {
		return 0, errors.New("no command")
	}
	srv, err := maventatest.Start(maventatest.OverTCP())
	if err != nil {
		return 0, err
	}
	defer srv.Close()
	control := httptest.NewServer(controls(srv))
	defer control.Close()

	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the caller's own command
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"MAVENTA_AX_URL="+srv.AutoXChangeURL(),
		"MAVENTA_RECEIVABLES_URL="+srv.ReceivablesURL(),
		"MAVENTA_COMPANY_ID="+srv.CompanyID(),
		"MAVENTA_USER_API_KEY="+srv.UserAPIKey(),
		"MAVENTA_VENDOR_API_KEY="+srv.VendorAPIKey(),
		"FAKE_CONTROL_URL="+control.URL)
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// controls are what people, the agency and the debtor do.
func controls(srv *maventatest.Server) http.Handler {
	mux := http.NewServeMux()
	on := func(action string, do func(r *http.Request) string) {
		mux.HandleFunc("POST /"+action, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{"id": do(r)}) // a client that is gone needs none
		})
	}
	on("sign", func(*http.Request) string { srv.Company().CompleteKYC(maventatest.Ropo); return "" })
	on("invoice", func(*http.Request) string {
		return srv.AddInvoice(maventatest.Invoice{Total: "124.00", DueDate: srv.Clock().Day(-30)})
	})
	on("remind", func(r *http.Request) string { return srv.Agency().Reminder(r.FormValue("assignment"), "5.00") })
	on("pay", func(r *http.Request) string {
		return srv.Agency().Paid(r.FormValue("assignment"), r.FormValue("amount"), "")
	})
	return mux
}
