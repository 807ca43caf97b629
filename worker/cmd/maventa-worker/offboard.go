package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/maventa-go/maventa/worker"
)

// offboard ends the work for a company.
func offboard(ctx context.Context, args []string, out, log io.Writer) error {
	f, _ := newRunFlags("offboard", "ends the work for a company: withdraws what was not sent, lists the open cases and exports what is held of it. "+
		"Its keys must still be configured, or the cases cannot be listed", log)
	company := f.String("company", "", "`id` of the company")
	path := f.String("export", "", "a new `file` for what is held of the company, in lines of JSON; it names debtors")
	who, why := f.person()
	if err := f.parse(args); err != nil {
		return err
	}
	if err := needs("company", *company, "who", *who, "why", *why); err != nil {
		return err
	}
	return f.beside(ctx, out, func(w *worker.Worker) (done string, err error) {
		if err := w.SetCompanies(ctx, f.config.Companies); err != nil {
			return "", err
		}
		var export io.Writer
		if *path != "" {
			file, err := os.OpenFile(*path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return "", usage(fmt.Sprintf("-export: %v", err))
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			export = file
		}
		left, err := w.Offboard(ctx, *company, *who, *why, export)
		if left == nil {
			return "", err
		}
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return "", errors.Join(err, encoder.Encode(left))
	})
}
