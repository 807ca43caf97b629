package pagetest

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// controls is the JavaScript for all that a person can use on a page.
const controls = `[...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']")].filter(e => e.checkVisibility())`

// Tab reaches every control of every page, and one sees where one is.
func TestTabReachesAll(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	for name, address := range pages(t, s) {
		b.visit(address)
		b.script(`for (const d of document.querySelectorAll("details")) d.open = true`)
		names := value[[]string](b, controls+`.map(nameOf);
			function nameOf(e) { return [...document.querySelectorAll("*")].indexOf(e) + " " + e.outerHTML.slice(0, 90) }`)
		met := map[string]bool{}
		for range 3 * len(names) {
			b.run(chromedp.KeyEvent(kb.Tab))
			at := value[string](b, `document.activeElement === document.body ? "" : nameOf(document.activeElement)`)
			if at == "" || met[at] {
				break
			}
			met[at] = true
			assert.True(t, value[bool](b, `parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2`), "%s: no outline on %s", name, at)
		}
		for _, control := range names {
			assert.True(t, met[control], "%s: Tab does not reach %s", name, control)
		}
		t.Logf("%s: %d controls", name, len(names))
	}
}

// refusedInDemo are the actions that the demo's state refuses, in words: the service
// is active already, and only Amili has levels.
var refusedInDemo = map[string]bool{"sign": true, "change-service-level": true}

// Every action is on a page and is done by Enter.
func TestEnterActs(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	var actions []struct{ Name string }
	s.get(t, "/actions.json", &actions)
	require.NotEmpty(t, actions)
	for _, action := range actions {
		s.do(t, "reset", nil)
		form := `document.querySelector('form[action="/do/` + action.Name + `"]')`
		for _, address := range []string{"/", "/company/" + s.CompanyID, "/assignment/" + s.open(t).ID} {
			b.visit(s.Page + address)
			if value[bool](b, form+` !== null`) {
				break
			}
		}
		require.True(t, value[bool](b, form+` !== null`), "%s is on no page", action.Name)
		if value[bool](b, form+`.closest("details") !== null`) {
			b.script(form + `.closest("details").querySelector("summary").focus()`)
			b.run(chromedp.KeyEvent(kb.Enter))
			b.waitFor(form + `.closest("details").open`)
		}
		b.script(form + `.querySelector("button").focus()`)
		b.run(chromedp.KeyEvent(kb.Enter))
		b.waitFor(`document.getElementById("flash").textContent`)
		refused := value[bool](b, `document.getElementById("flash").classList.contains("bad")`)
		assert.Equal(t, refusedInDemo[action.Name], refused, "%s: %s", action.Name, text(b, "#flash"))
	}
}

// A whole form without a mouse: a choice by its letter, an amount, and Enter.
func TestKeyboardFills(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	open := s.open(t).ID
	b.visit(s.Page + "/assignment/" + open)
	b.script(`const f = document.querySelector('form[action="/do/pay-agency"] [name=amount]'); f.focus(); f.select()`)
	b.run(chromedp.KeyEvent("12.34" + kb.Enter))
	b.waitFor(`document.getElementById("timeline").innerText.includes("12.34")`)

	b.visit(s.Page + "/company/" + s.CompanyID)
	b.script(`document.querySelector('form[action="/do/activate"] [name=agency]').focus()`)
	b.run(chromedp.KeyEvent("a" + kb.Tab + kb.Tab + kb.Tab + kb.Enter))
	b.waitFor(`/Amili: ACTIVE/.test(document.getElementById("services").innerText)`)

	// The link that skips the header.
	b.visit(s.Page + "/")
	b.run(chromedp.KeyEvent(kb.Tab+kb.Enter), chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "log", value[string](b, `document.activeElement.id`), "the first stop of the content")
}
