package pagetest

import (
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A call of the ERP shows on a page that is open, without a reload.
func TestLive(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	b.visit(s.Page + "/")
	b.waitFor(`document.getElementById("live-state").textContent === "live"`)
	before := value[string](b, `document.getElementById("log").innerText`)
	require.NotContains(t, before, "was not told")

	begin := time.Now()
	s.dropAnswer(t, s.open(t).ID)
	b.waitFor(`document.querySelector("#log tr.untold")?.innerText.includes("booked, but your ERP was not told")`)
	assert.Less(t, time.Since(begin), 2*time.Second)
}

// A live update takes nothing away from whoever is at work on the page.
func TestLiveKeeps(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	open := s.open(t)
	b.visit(s.Page + "/assignment/" + open.ID)
	b.waitFor(`document.getElementById("live-state").textContent === "live"`)
	details := "e" + open.Events[0].ID
	events := func() int {
		return value[int](b, `document.querySelectorAll("#timeline > li").length`)
	}
	update := func() {
		n := events()
		s.do(t, "remind", map[string]string{"assignment": open.ID, "fee": "5.00"})
		b.waitFor(`document.querySelectorAll("#timeline > li").length > ` + strconv.Itoa(n))
	}

	// Open details, and the focus on their summary.
	b.script(`document.getElementById(` + quoted(details) + `).open = true; document.querySelector("#` + details + ` > summary").focus()`)
	update()
	assert.True(t, value[bool](b, `document.getElementById(`+quoted(details)+`).open`))
	assert.Equal(t, details, value[string](b, `document.activeElement.parentElement.id`), "the focus")

	// What is being typed, in a region that changes, and the place in the text.
	input := value[string](b, `document.querySelector("#`+details+` input:not([type=hidden])").id`)
	focus := `document.activeElement.id === ` + quoted(input)
	b.script(`document.getElementById(` + quoted(input) + `).focus(); document.activeElement.select()`)
	b.run(chromedp.KeyEvent("12"))
	update()
	require.True(t, value[bool](b, focus))
	b.run(chromedp.KeyEvent("34"))
	assert.Equal(t, "1234", value[string](b, `document.activeElement.value`))

	// What was typed and is not sent yet, when the focus is elsewhere in the region.
	b.script(`document.querySelector("#` + details + ` > summary").focus()`)
	update()
	assert.Equal(t, "1234", value[string](b, `document.getElementById(`+quoted(input)+`).value`))
	b.script(`document.activeElement.blur()`)
	b.waitFor(`document.querySelectorAll("#revise > details").length === document.querySelectorAll("#timeline > li").length`)
	assert.Equal(t, "1234", value[string](b, `document.getElementById(`+quoted(input)+`).value`))
}

// Without JavaScript a reload shows what happened, and the forms work.
func TestWithoutJavaScript(t *testing.T) {
	s, b := startSandbox(t), openTab(t)
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	open := s.open(t)
	b.visit(s.Page + "/")
	assert.NotContains(t, text(b, "#log"), "was not told")
	s.dropAnswer(t, open.ID)
	b.run(chromedp.Reload(), chromedp.WaitReady("main"))
	assert.Contains(t, text(b, "#log"), "booked, but your ERP was not told")
	assert.Empty(t, text(b, "#live-state"), "nothing says that the page is live")

	b.visit(s.Page + "/assignment/" + open.ID)
	b.run(chromedp.Click(`form[action="/do/pay-agency"] button`))
	b.waitFor(`document.readyState === "complete" && document.querySelector(".flash.ok").innerText !== ""`) // the next page, whole
	assert.Contains(t, text(b, "#timeline"), "205.00", "what was open, with the fee")
}

func text(b *tab, selector string) string {
	b.t.Helper()
	return value[string](b, `document.querySelector(`+quoted(selector)+`).innerText`)
}
