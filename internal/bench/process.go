package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// process is a copy of this program that answers lines with lines. It ends when
// its input is closed.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

func start(ctx context.Context, program, mode string, env ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, program, mode) //nolint:gosec // this program, or one that it has built
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd, in, json.NewDecoder(bufio.NewReader(out))}, nil
}

// ask sends a line and reads the answer.
func (p *process) ask(question, answer any) error {
	if err := json.NewEncoder(p.in).Encode(question); err != nil {
		return err
	}
	return p.out.Decode(answer)
}

func (p *process) run(j job) (result, error) {
	var r result
	err := p.ask(j, &r)
	if err == nil && r.Err != "" {
		err = errors.New(r.Err)
	}
	if err != nil {
		err = fmt.Errorf("%s by %s: %w", j.What, j.Client, err)
	}
	return r, err
}

func (p *process) stop() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}

// server is the stub server's process.
type server struct {
	*process
	addresses
}

func startServer(ctx context.Context, program string) (*server, error) {
	p, err := start(ctx, program, "-serve")
	if err != nil {
		return nil, err
	}
	s := &server{process: p}
	return s, p.out.Decode(&s.addresses)
}

// counted returns what the server counted since it was last asked.
func (s *server) counted() (counters, error) {
	var c counters
	err := s.ask("counters", &c)
	return c, err
}

// build compiles this program with the other implementation of encoding/json.
func build(ctx context.Context, dir string) (program string, err error) {
	program = filepath.Join(dir, "jsonv2")
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, ".") //nolint:gosec // the file is in our own folder
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=jsonv2")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building with GOEXPERIMENT=jsonv2: %w\n%s", err, out)
	}
	return program, nil
}
