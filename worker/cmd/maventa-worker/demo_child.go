package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// child is the worker of a demo: a process of its own, so that it can be killed.
type child struct {
	cmd   *exec.Cmd
	ended chan error // gets one value, and is closed
}

// start starts the worker.
func (d *demoRun) start(ctx context.Context) (*child, error) {
	args, err := d.childArgs()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	const private = 0o600
	log, err := os.OpenFile(d.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, private)
	if err != nil {
		return nil, err
	}
	defer log.Close()                                                                     //nolint:errcheck // the process has its own
	c := &child{cmd: exec.CommandContext(ctx, self, args...), ended: make(chan error, 1)} //nolint:gosec // this program
	m := d.maventa.environment()
	c.cmd.Env = append(os.Environ(), "MAVENTA_AX_URL="+m.AutoXChangeURL, "MAVENTA_RECEIVABLES_URL="+m.ReceivablesURL)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("demo: the worker: %w", err)
	}
	go func() {
		c.ended <- c.cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// childArgs is how the worker is called, as a person would.
func (d *demoRun) childArgs() ([]string, error) {
	var list []keysOf
	for _, c := range d.story.companies {
		list = append(list, keysOf{c.CompanyID, string(c.UserAPIKey), string(c.VendorAPIKey), c.BusinessID})
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(d.dir, "companies.json")
	const private = 0o600
	if err := os.WriteFile(path, text, private); err != nil {
		return nil, err
	}
	return []string{
		"run", "-env", "local", "-listen", "", "-db", d.address, "-companies", path, "-marker", filepath.Join(d.dir, "marker"),
		"-installation", "demo", "-settle", settle.String(), "-follow", "2s",
	}, nil
}

// kill ends the worker as a loss of power does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
	<-c.ended                //nolint:errcheck // it was killed
}

// stop asks the worker to end. On Windows nobody can be asked.
func (c *child) stop() error {
	if runtime.GOOS == "windows" {
		c.kill()
		return nil
	}
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	const enough = 15 * time.Second
	select {
	case err := <-c.ended:
		return err
	case <-time.After(enough):
		return errors.New("demo: the worker does not end")
	}
}
