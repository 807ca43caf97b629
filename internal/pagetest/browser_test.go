package pagetest

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browsers are looked for in this order. Chrome comes first, since Ubuntu lets no
// other build of it have a sandbox of its own unless asked.
var browsers = []string{
	"google-chrome", "chromium", "chromium-browser", "chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
}

func browser(t *testing.T) string {
	t.Helper()
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.FailNow(t, "no Chromium: the tests of the page need one in the PATH (Debian, Ubuntu: apt-get install chromium, or .ci/setup)")
	return ""
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps its tab in a context
}

// openTab starts a browser with one tab.
func openTab(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.WSURLReadTimeout(time.Minute))
	if runtime.GOOS == "linux" && os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with its own sandbox
	}
	limited, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(limited, options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{t, ctx}
	b.run(chromedp.Navigate("about:blank"))
	b.size(1200)
	return b
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// script runs JavaScript on the page.
func (b *tab) script(text string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](text))
}

// value is what an expression of the page gives.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return v
}

func (b *tab) visit(address string) {
	b.t.Helper()
	b.run(chromedp.Navigate(address), chromedp.WaitReady("main"))
}

func (b *tab) size(width int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, 900))
}

func (b *tab) colours(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(b.t, err)
}

// within bounds all waiting; what may take how long is said by tests.
const within = 15 * time.Second

// waitFor waits until an expression of the page is true. The page may be on its way
// to another one.
func (b *tab) waitFor(expression string) {
	b.t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")")); ok && err == nil {
			return
		}
		require.True(b.t, time.Now().Before(end), "after %v this is not true: %s", within, expression)
	}
}
