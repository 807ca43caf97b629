package pagetest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pages are one of each kind, by name, after an answer was dropped.
func pages(t *testing.T, s *sandbox) map[string]string {
	t.Helper()
	open := s.open(t).ID
	number := s.dropAnswer(t, open)
	return map[string]string{
		"home": s.Page + "/", "company": s.Page + "/company/" + s.CompanyID, "assignment": s.Page + "/assignment/" + open,
		"request": fmt.Sprintf("%s/request/%d", s.Page, number),
	}
}

//go:embed testdata/axe.min.js
var axe string

// violations are what axe-core finds on the page: rule, and where.
func violations(b *tab) []string {
	b.t.Helper()
	b.script(axe)
	return value[[]string](b, `axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target + ": " + n.failureSummary)))`)
}

// Screen readers, contrast and the rest of axe-core, in each form that a page can
// have; pictures of all are left for people to look at.
func TestPages(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	dir, err := os.MkdirTemp("", "maventa-pages-") //nolint:usetesting // they are to stay
	require.NoError(t, err)
	t.Logf("screenshots: %s", dir)
	for name, address := range pages(t, s) {
		for _, look := range []struct {
			name, colours string
			width         int64
		}{{"light", "light", 1200}, {"dark", "dark", 1200}, {"narrow", "light", 380}, {"narrow-dark", "dark", 380}} {
			b.size(look.width)
			b.colours(look.colours)
			b.visit(address)
			b.waitFor(`document.getElementById("live-state").textContent === "live"`)
			assert.Empty(t, violations(b), "%s, %s", name, look.name)
			assert.LessOrEqual(t, value[int64](b, `document.documentElement.scrollWidth`), look.width, "%s, %s scrolls sideways", name, look.name)
			picture(b, filepath.Join(dir, name+"-"+look.name+".png"))

			// Details hide controls: once more with all open.
			b.script(`for (const d of document.querySelectorAll("details")) d.open = true`)
			assert.Empty(t, violations(b), "%s, %s, all open", name, look.name)
			assert.LessOrEqual(t, value[int64](b, `document.documentElement.scrollWidth`), look.width, "%s, %s, all open, scrolls sideways", name, look.name)
			picture(b, filepath.Join(dir, name+"-"+look.name+"-open.png"))
		}
	}
}

func picture(b *tab, path string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(path, png, 0o600))
}

// quoted is a text as JavaScript.
func quoted(text string) string {
	q, _ := json.Marshal(text) // a string
	return string(q)
}
