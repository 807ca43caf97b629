//go:build !unix

package main

import "time"

var started = time.Now()

// processTime is wall time where the system does not tell the CPU time as easily.
func processTime() time.Duration { return time.Since(started) }
