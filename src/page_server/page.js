// The page shows what it is sent, and sends what is done on it. The daemon keeps the time: nothing here moves a break.

import { draw } from "./heart.js";
import { follow, play, say } from "./sound.js";

const page = document.getElementById("page");
const parts = ["title", "shape", "words", "choices", "dots", "controls", "others", "out", "anchors", "sound", "more"];
const byId = (id) => document.getElementById(id);

// What each part was last sent: what is chosen on the page itself is not mistaken for something new.
const sent = new Map(parts.map((id) => [id, byId(id).innerHTML]));
let over = false;
let standsStill = still();

// Any program can take the port of a daemon that was killed. The connection has to begin with what stands in the page and what no
// browser sends; until it does, nothing of it is shown, and nothing is sent.
let proven = false;
let waiting = [];
const live = new EventSource("live");
live.addEventListener("proof", ({ data }) => {
  if (data !== document.body.dataset.proof) return gone();
  clearTimeout(lost);
  lost = undefined;
  proven = true;
  delete document.body.dataset.lost;
  for (const go of waiting.splice(0)) go();
});
const events = {
  view: show, heart: (text) => (byId("heart").textContent = text.trim()), line: (json) => draw(JSON.parse(json)), moved, gone,
};
for (const [name, does] of Object.entries(events)) {
  live.addEventListener(name, ({ data }) => (proven ? does(data) : gone()));
}
// A connection that was lost is sought again by the browser, with an error each time; after a while it is given up.
let lost = setTimeout(gone, 15000);
live.addEventListener("error", () => {
  proven = false;
  document.body.dataset.lost = "";
  if (live.readyState === EventSource.CLOSED) gone();
  else lost ??= setTimeout(gone, 6000);
});

small();
farewell();
follow();
page.focus({ preventScroll: true });

// A browser that runs already gives a new window the size of its last one. A window with only the page can be made small, and is, once;
// a tab stays as it is.
function small() {
  const [width, height] = [480, 720];
  const isNew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (!isNew || outerWidth <= width + 40) return;
  resizeTo(width, height);
  const [left, top] = [screen.availLeft ?? 0, screen.availTop ?? 0];
  moveTo(left + (screen.availWidth - width) / 2, top + Math.max(0, screen.availHeight - height) / 2);
}

// Shows a page sent as HTML, part by part: a part that is the same stays untouched.
function show(html) {
  if (over) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const next = template.content.firstElementChild;
  const focused = document.activeElement?.id;
  const elsewhere = next.dataset.moment !== page.dataset.moment;
  for (const id of parts) {
    const [now, then] = [byId(id), next.querySelector(`#${id}`)];
    copy(then, now, ["class", "data-breath", "data-cycle"]);
    if (sent.get(id) === then.innerHTML) continue;
    sent.set(id, then.innerHTML);
    // What was opened stays open.
    for (const { id } of now.querySelectorAll("details[open]")) {
      const again = id && then.querySelector(`#${id}`);
      if (again) again.open = true;
    }
    now.replaceChildren(...then.childNodes);
  }
  const voiced = page.dataset.voice;
  const stood = standsStill;
  copy(next, page, ["class", "data-moment", "data-closing", "data-tones", "data-voice", "data-volume"]);
  follow();
  standsStill = still();
  if (elsewhere || voiced !== page.dataset.voice || stood !== standsStill) speak();
  document.title = byId("title").textContent;
  if (elsewhere) scrollTo(0, 0);
  keepFocus(focused);
  farewell();
}

// Whatever had the focus has it again; where that is gone, the page itself, so that every key still works.
function keepFocus(id) {
  if (document.activeElement && document.activeElement !== document.body) return;
  ((id && byId(id)) || page).focus({ preventScroll: true });
}

function copy(from, to, names) {
  for (const name of names) {
    const value = from.getAttribute(name);
    if (value === null) to.removeAttribute(name);
    else if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
}

// Whether the step waits.
function still() {
  return byId("pause")?.dataset.do === "resume";
}

// A step that goes on is read aloud, where nothing else on this machine reads it.
function speak() {
  const step = page.classList.contains("step") && !still();
  say(step && page.dataset.voice !== undefined ? byId("words").innerText : "");
}

// What is done while the connection is sought waits for it. A page that is not open any more is refused.
async function send(deed, value, fields) {
  const body = new URLSearchParams({ do: deed, seen: page.dataset.moment, ...fields });
  if (value !== undefined) body.set("value", value);
  if (!proven) await new Promise((go) => waiting.push(go));
  const answer = await fetch("do", { method: "POST", body, keepalive: true });
  if (!answer.ok) throw new Error(answer.statusText);
}

function act(deed, value) {
  if (over || deed === "close" || (!proven && (deed === "leave" || deed === "skip"))) return close();
  if (deed === "skip") return send("said").catch(gone);
  if (deed === "said") return send("said", undefined, answers()).catch(gone);
  if (deed === "leave" || deed === "too-much") say("");
  const answer = send(deed, value);
  // Out means out, even where nobody answers any more.
  if (deed === "leave") answer.catch(close);
  else answer.catch(gone);
}

// What was said of the break: each may be left out.
function answers() {
  const said = {};
  for (const name of ["tense", "liking"]) {
    const chosen = document.querySelector(`input[name="${name}"]:checked`);
    if (chosen) said[name] = chosen.value;
  }
  const note = byId("note").value.trim();
  if (note) said.note = note;
  return said;
}

// After the last words the window closes, as far as the browser lets it.
let closing;
function farewell() {
  if (page.dataset.closing === "at-once") close();
  if (page.dataset.closing === "when-read") closing ??= setTimeout(close, 7000);
}

function close() {
  if (byId("close-line")) return window.close();
  over = true;
  live.close();
  clearTimeout(lost);
  if (proven) fetch("close", { method: "POST", keepalive: true }).catch(() => {});
  proven = false;
  window.close();
  // Still here: it may be closed by hand.
  const line = byId("may-close").cloneNode(true);
  line.id = "close-line";
  line.hidden = false;
  byId("words").append(line);
  for (const id of ["controls", "out"]) byId(id).replaceChildren();
  page.focus({ preventScroll: true });
}

// Another window shows the break from now on. What was begun here goes there: to our own windows of this browser, and nowhere else.
const windows = new BroadcastChannel("break");
windows.onmessage = ({ data: { moment, said } }) => {
  if (over || moment !== page.dataset.moment || !byId("note")) return;
  for (const [name, value] of Object.entries(said)) {
    if (name === "note") byId("note").value ||= value;
    else document.querySelector(`input[name="${name}"][value="${value}"]`)?.click();
  }
};

function moved() {
  if (byId("note")) windows.postMessage({ moment: page.dataset.moment, said: answers() });
  close();
}

// The daemon is gone, or is another's program. Nothing is sent any more. Help lines stay.
function gone() {
  live.close();
  clearTimeout(lost);
  proven = false;
  waiting = [];
  if (over || page.classList.contains("farewell")) return;
  over = true;
  say("");
  draw(null);
  byId("heart").textContent = "";
  byId("shape").className = "still";
  byId("words").replaceChildren(...byId("gone").cloneNode(true).childNodes);
  follow();
  for (const id of ["choices", "dots", "controls", "others", "anchors", "sound"]) byId(id).replaceChildren();
  byId("too-much")?.remove();
  page.focus({ preventScroll: true });
}

// Says once more that there is nothing left to do, to eyes and to ears.
function sayAgain() {
  const words = byId("words");
  words.replaceChildren(...words.childNodes);
  words.scrollIntoView({ block: "nearest" });
  words.animate({ opacity: [0.2, 1] }, 400);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.line !== undefined) choose(button);
  else if (button) act(button.dataset.do, button.dataset.value);
});

document.addEventListener("change", (event) => {
  const { id, name, value } = event.target;
  if (id === "anchor") send("anchor", value).catch(gone);
  if (name === "before") send("before", value).catch(gone);
  if (["tones", "voice", "volume"].includes(id)) chooseSound(id);
});

// What can be heard; a first tone tells how loud it is, and lets the browser play those that follow.
function chooseSound(changed) {
  const chosen = { volume: byId("volume").value };
  for (const id of ["tones", "voice"]) if (byId(id).checked) chosen[id] = "on";
  page.dataset.volume = chosen.volume;
  follow();
  if (chosen.tones && changed !== "voice") play("in");
  send("sound", undefined, chosen).catch(gone);
}

// A word changes the sentence that is shown, and nothing else; chosen again, it is put back.
function choose(button) {
  const chosen = button.getAttribute("aria-pressed") !== "true";
  for (const other of byId("choices").querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(chosen && other === button));
  }
  byId("line").textContent = chosen ? button.dataset.line : "";
}

// Each key does what a button does, if that button is there. Back is towards where reading begins.
const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
const keys = {
  " ": "next", [back]: "back", p: "pause", t: "too-much", Escape: "leave",
  1: "length-1m", 2: "length-20s", 3: "length-3m", 5: "length-5m", a: "other-0", b: "other-1", f: "find-pace",
};

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const { key, target } = event;
  let id = keys[key.length === 1 ? key.toLowerCase() : key];
  // What has the focus keeps the keys it needs itself; out is always out.
  if (key !== "Escape") {
    if (target.closest("select")) return;
    if (target.closest("button, summary") && (key === " " || key === "Enter")) return;
    if (target.closest("#note") && key !== "Enter") return;
    if (target.closest("input") && key !== "Enter" && (key === " " || key.startsWith("Arrow"))) return;
  }
  if (over && id !== "leave") {
    if (id || key === "Enter") sayAgain();
    return;
  }
  if (key === "Enter" && page.classList.contains("question")) id = "next";
  if (key === " " && page.classList.contains("question")) id = undefined;
  if (key === " ") event.preventDefault();
  if (!id) return;
  if (id === "leave" && !byId("leave")) return close();
  const button = byId(id);
  if (!button) return;
  event.preventDefault();
  act(button.dataset.do, button.dataset.value);
});
