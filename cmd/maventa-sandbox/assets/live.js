// Keeps the page up to date: on each message the page is fetched again and every
// region marked data-live is replaced. What somebody did there stays: open details,
// the focus, and what is typed and not sent yet. Without this script the page works
// all the same; it then wants a reload.
"use strict";
const state = document.getElementById("live-state");
const fields = "input:not([type=hidden]),select,textarea";
const say = text => { if (state.textContent !== text) state.textContent = text; };
let busy = false, again = false, behind = false;

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  behind = false;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error("gone");
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of document.querySelectorAll("[data-live]")) {
      const fresh = next.getElementById(region.id);
      if (!fresh) continue;
      // Nobody is interrupted while typing: the region follows when the focus leaves.
      if (region.contains(document.activeElement) && document.activeElement.matches(fields)) { behind = true; continue; }
      replace(region, fresh);
    }
    say("live");
  } catch { say("this page cannot be read any more: reload it"); }
  busy = false;
  if (again) { again = false; refresh(); }
}

function replace(region, fresh) {
  if (region.innerHTML === fresh.innerHTML) return;
  const open = [...region.querySelectorAll("details[open]")].map(d => d.id);
  const typed = [...region.querySelectorAll(fields)].filter(isChanged).map(f => [f.id, f.value]);
  const focus = region.contains(document.activeElement) && region !== document.activeElement && placeOf(document.activeElement);
  region.innerHTML = fresh.innerHTML;
  for (const id of open) { const d = document.getElementById(id); if (d) d.open = true; }
  for (const [id, value] of typed) { const f = document.getElementById(id); if (f) f.value = value; }
  if (focus) elementAt(focus)?.focus({ preventScroll: true });
}

function isChanged(f) {
  return f.matches("select") ? [...f.options].some(o => o.selected !== o.defaultSelected) : f.value !== f.defaultValue;
}

// A place is the nearest id, and for an element without one its number among those
// of its kind there.
function placeOf(e) {
  const near = e.closest("[id]");
  return { id: near.id, kind: e.localName, number: near === e ? -1 : [...near.querySelectorAll(e.localName)].indexOf(e) };
}
function elementAt({ id, kind, number }) {
  const near = document.getElementById(id);
  return number < 0 ? near : near?.querySelectorAll(kind)[number];
}

document.addEventListener("focusout", () => { if (behind) setTimeout(refresh); });

// An action changes the page in its place, so that nobody loses theirs.
document.addEventListener("submit", async event => {
  event.preventDefault();
  const form = event.target, flash = document.getElementById("flash");
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form, event.submitter)),
    });
    const done = await answer.json();
    if (answer.ok) form.reset();
    flash.className = answer.ok ? "flash ok" : "flash bad";
    flash.textContent = done.message ?? done.error;
    refresh();
  } catch { say("not connected: is the sandbox running?"); }
});

const source = new EventSource("/events");
source.onmessage = refresh;
source.onerror = () => say("not connected: is the sandbox running?");
