package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/maventa-go/maventa/maventatest"
)

// options is what the flags say.
type options struct {
	page  string
	seed  string
	json  bool
	hosts []string
	fake  []maventatest.Option
}

// startsAgo is how many days before today the story begins unless -today says
// otherwise: time enough to play weeks without a payment that lies ahead.
const startsAgo = 60

func parseFlags(args []string) (options, error) {
	var (
		o     options
		set   = flag.NewFlagSet("maventa-sandbox", flag.ContinueOnError)
		ax    = set.String("ax", "127.0.0.1:8701", "`address` of the AutoXChange API and its tokens; port 0: any free one")
		rec   = set.String("receivables", "127.0.0.1:8702", "`address` of the Receivables API")
		today = set.String("today", time.Now().AddDate(0, 0, -startsAgo).Format(time.DateOnly), "first `day` of the story, YYYY-MM-DD")
		kyc   = set.Int("kyc-days", -1, "story `days` after which an ordered service is signed by itself; -1: somebody signs on the page")
		wire  = set.String("wire", "default", "how the service speaks where nobody knows: `one of` "+strings.Join(wireNames(), ", "))
		lag   = set.Duration("lag", 0, "`time` until transfers, assignments and events show, such as 2s")
		allow = set.String("allow-host", "", "further `names` in Host headers, separated by commas, such as host.docker.internal")
		logN  = set.Int("log", 500, "how many `requests` are kept")
	)
	set.StringVar(&o.page, "page", "127.0.0.1:8700", "`address` of the page")
	set.StringVar(&o.seed, "seed", "demo", "what is there at the start: demo, empty, or a `file.json`")
	set.BoolVar(&o.json, "json", false, "print addresses and keys as JSON")
	set.SetOutput(io.Discard)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		set.SetOutput(os.Stdout)
		set.PrintDefaults()
		return o, err
	case err != nil:
		return o, fmt.Errorf("%w; -help lists the flags", err)
	case set.NArg() > 0:
		return o, fmt.Errorf("%q is no flag; -help lists the flags", set.Arg(0))
	case *kyc < -1:
		return o, fmt.Errorf("-kyc-days %d: want -1 or more", *kyc)
	case *lag < 0 || *lag > time.Hour:
		return o, fmt.Errorf("-lag %v: want 0 to 1h", *lag)
	case *logN < 1 || *logN > 100_000:
		return o, fmt.Errorf("-log %d: want 1 to 100000", *logN)
	}
	if _, err := time.Parse(time.DateOnly, *today); err != nil {
		return o, fmt.Errorf("-today %q: want YYYY-MM-DD", *today)
	}
	if err := checkLoopback(o.page); err != nil {
		return o, fmt.Errorf("-page: %w", err)
	}
	w, err := wireOf(*wire)
	if err != nil {
		return o, err
	}
	for name := range strings.SplitSeq(*allow, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			o.hosts = append(o.hosts, name)
		}
	}
	o.fake = []maventatest.Option{
		maventatest.WithAddresses(*ax, *rec), maventatest.WithToday(*today), maventatest.WithKYCDays(*kyc), maventatest.WithWire(w),
		maventatest.WithLag(*lag), maventatest.WithHosts(o.hosts...), maventatest.WithRequestLog(*logN),
	}
	return o, nil
}

func wireNames() []string {
	var names []string
	for _, w := range maventatest.Wires() {
		names = append(names, w.Name)
	}
	return names
}

func wireOf(name string) (maventatest.Wire, error) {
	for _, w := range maventatest.Wires() {
		if w.Name == name {
			return w, nil
		}
	}
	return maventatest.Wire{}, fmt.Errorf("-wire %q: want one of %s", name, strings.Join(wireNames(), ", "))
}

// checkLoopback refuses addresses that others can reach.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q: want host and port, such as 127.0.0.1:8700", address)
	}
	if !isLoopback(host) {
		return fmt.Errorf("%q is no loopback address, such as 127.0.0.1:8700", address)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
