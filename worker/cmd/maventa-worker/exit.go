package main

import (
	"errors"
	"flag"
	"syscall"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// The exit codes, those of sysexits.h. README.md and the unit file name them.
const (
	exitOK      = 0
	exitFailed  = 1 // of demo: it did not come out even
	exitUsage   = 64
	exitData    = 65
	exitBug     = 70
	exitTry     = 75
	exitReaders = 77
	exitConfig  = 78
)

// adviceOf says what to do, for the last line of the log.
var adviceOf = map[int]string{
	exitUsage:   "correct the command line",
	exitData:    "what was asked for is not possible; nothing was changed",
	exitBug:     "nothing is known about this error; starting again is safe",
	exitTry:     "start it again in a moment",
	exitReaders: "others must not be able to read the file, nor the group to write it: chmod 640 or 600",
	exitConfig:  "starting it again does not help before somebody has corrected the setup",
}

// advise says what to do about an error that ends with the code.
func advise(code int, err error) string {
	if errors.Is(err, sqlstore.ErrMaybeCopy) {
		return "see Restoring a backup in README.md, then maventa-worker takeover -who … -why …"
	}
	return adviceOf[code]
}

// usageError is a mistake on the command line.
type usageError struct{ problem string }

func (e *usageError) Error() string { return e.problem }

func usage(problem string) error { return &usageError{problem} }

func codeOf(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errNotOnce):
		return exitFailed
	case errors.Is(err, worker.ErrReadable):
		return exitReaders
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, worker.ErrInUse), errors.Is(err, worker.ErrUnreachable):
		return exitTry
	case errors.Is(err, worker.ErrConfig), errors.Is(err, sqlstore.ErrMaybeCopy):
		return exitConfig
	}
	if _, isUsage := errors.AsType[*usageError](err); isUsage {
		return exitUsage
	}
	for _, kind := range []*maventa.Kind{maventa.ErrValidation, maventa.ErrNotFound, sqlstore.ErrSettled} {
		if errors.Is(err, kind) {
			return exitData
		}
	}
	switch advice := maventa.Advise(err); {
	case advice.Kind == nil:
		return exitBug
	case advice.Action == maventa.ActionFixSetup:
		return exitConfig
	case advice.Action == maventa.ActionRetry:
		return exitTry
	}
	return exitBug
}
