package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeNames: the metrics and exit codes of README.md are those of the program, and
// the unit file starts again on the same exit codes.
func TestReadmeNames(t *testing.T) {
	read := func(file string) string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	readme, source := read("../../README.md"), read("metrics.go")
	metrics := regexp.MustCompile(`maventa_worker_([a-z_]+)`).FindAllStringSubmatch(readme, -1)
	require.NotEmpty(t, metrics)
	for _, m := range metrics {
		assert.Contains(t, source, `gauge("`+m[1]+`"`)
	}

	var codes []int
	var stay []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \|.*\| ([a-z, ]*)\|$`).FindAllStringSubmatch(readme, -1) {
		code, err := strconv.Atoi(row[1])
		require.NoError(t, err)
		codes = append(codes, code)
		if row[2] == "no " {
			stay = append(stay, row[1])
		}
	}
	assert.Equal(t, []int{exitOK, exitFailed, exitUsage, exitData, exitBug, exitTry, exitReaders, exitConfig}, codes)
	assert.Contains(t, read("../../deploy/maventa-worker.service"), "RestartPreventExitStatus="+strings.Join(stay, " ")+"\n")
}
