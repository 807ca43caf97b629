// Keeps the page up to date: on each message the page is fetched again and every
// region marked data-live is replaced, unless somebody is typing in it. Without
// this script the page works all the same; it then wants a reload.
"use strict";
const state = document.getElementById("live-state");
let busy = false, again = false;
async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const url = new URL(location.href);
    url.searchParams.delete("ok"); url.searchParams.delete("bad");
    const text = await (await fetch(url, { headers: { Accept: "text/html" } })).text();
    const next = new DOMParser().parseFromString(text, "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = next.getElementById(old.id);
      if (!fresh || old.contains(document.activeElement) && document.activeElement.matches("input,select,textarea")) continue;
      const open = new Set([...old.querySelectorAll("details[open]")].map(d => d.id));
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
      for (const d of old.querySelectorAll("details")) if (open.has(d.id)) d.open = true;
      if (focused) document.getElementById(focused)?.focus();
    }
  } catch { state.textContent = "not connected"; }
  busy = false;
  if (again) { again = false; refresh(); }
}
const source = new EventSource("/events");
source.onmessage = () => { state.textContent = "live"; refresh(); };
source.onerror = () => { state.textContent = "not connected: is the sandbox running?"; };
