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

// startWorkers returns those it has started with an error, too.
func startWorkers(ctx context.Context, of ...language) (list []*process, err error) {
	for _, l := range of {
		w, err := start(ctx, l.program, "-work")
		if err != nil {
			return list, err
		}
		list = append(list, w)
	}
	return list, nil
}

func stopAll(list []*process) (err error) {
	for _, p := range list {
		err = errors.Join(err, p.stop())
	}
	return err
}
