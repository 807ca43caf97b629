//go:build linux

package worker_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestIdle measures a worker of one company that has nothing to do.
func TestIdle(t *testing.T) {
	// Per cent of a core: twice of what it is on a machine of its own.
	most := map[string]float64{"SQLite": 6, "PostgreSQL": 2}
	const (
		memory = 60.0 // MB
		warmUp = 3 * time.Second
		during = 10 * time.Second
	)
	workers := map[string]*child{}
	for _, kind := range kinds {
		workers[kind.name] = newWorld(t, kind.make(t), 1).child(t)
	}
	time.Sleep(warmUp)
	before := map[string]time.Duration{}
	for name, c := range workers {
		before[name], _ = used(t, c.cmd.Process.Pid)
	}
	time.Sleep(during)
	for name, c := range workers {
		cpu, resident := used(t, c.cmd.Process.Pid)
		share := 100 * float64(cpu-before[name]) / float64(during)
		t.Logf("%s: idle, a worker uses %.1f %% of a core and %.0f MB", name, share, resident)
		assert.Less(t, share, most[name], "per cent of a core, %s", name)
		assert.Less(t, resident, memory, "MB, %s", name)
		c.stop(t)
	}
}

// used is the time on processors and the memory in MB that a process uses.
func used(t *testing.T, pid int) (cpu time.Duration, resident float64) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	require.NoError(t, err)
	_, after, _ := strings.Cut(string(stat), ") ") // the program's name may have spaces
	fields := strings.Fields(after)
	var user, system int64
	_, err = fmt.Sscan(fields[11], &user)
	require.NoError(t, err)
	_, err = fmt.Sscan(fields[12], &system)
	require.NoError(t, err)
	const tick = 10 * time.Millisecond // a hundred per second on all Linux systems that Go runs on
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, text, _ := strings.Cut(string(status), "VmRSS:")
	_, err = fmt.Sscanf(text, "%f kB", &resident)
	require.NoError(t, err)
	return time.Duration(user+system) * tick, resident / 1024
}
