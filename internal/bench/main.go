// Bench measures what the SDK costs beside what one would use instead: a twin
// written by hand (net/http, encoding/json, x/oauth2), a tuned form of it, clients
// made by ogen and oapi-codegen, and resty. It prints the table of
// docs/performance.md, with the running Go and the newest release of Go 1.27,
// and draws its chart:
//
//	go -C internal/bench run . -chart ../../docs/performance.svg   # some minutes
//	go -C internal/bench run . -short                              # for CI, the running Go alone
//
// Times are medians of ratios between measurements of the same round, because a
// machine's load changes within seconds. Allocations and bytes are hard limits.
// CPU time is judged in the long run, and makes the program fail only far out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 12, "rounds of the measurements that are compared")
	flag.IntVar(&s.items, "items", 1_000_000, "assignments of the long list")
	flag.BoolVar(&s.short, "short", false, "few rounds and short lists with the running Go alone, for CI")
	flag.StringVar(&s.chart, "chart", "", "draw the ratios of CPU time into this SVG file")
	serving := flag.Bool("serve", false, "be the stub server (used by the program itself)")
	working := flag.Bool("work", false, "be a worker (used by the program itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case *serving:
		err = serve(ctx, os.Stdin, os.Stdout)
	case *working:
		err = work(ctx, os.Stdin, os.Stdout)
	default:
		err = run(ctx, s, os.Stdout)
	}
	if err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop was called
	}
}
