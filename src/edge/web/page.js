// The page shows what it is sent, and sends what is done on it. The daemon keeps the time: nothing here moves a break.

const page = document.getElementById("page");
const parts = ["title", "shape", "words", "choices", "dots", "controls", "out", "anchors", "more"];
const byId = (id) => document.getElementById(id);

// What each part was last sent: what is chosen on the page itself is not mistaken for something new.
const sent = new Map(parts.map((id) => [id, byId(id).innerHTML]));
let over = false;

const live = new EventSource("live");
live.addEventListener("view", (event) => show(event.data));
live.addEventListener("heart", (event) => (byId("heart").textContent = event.data.trim()));
live.addEventListener("gone", gone);
// A connection that was lost is sought again by the browser, with an error each time; after a while it is given up.
let lost;
live.addEventListener("open", () => {
  clearTimeout(lost);
  lost = undefined;
});
live.addEventListener("error", () => {
  if (live.readyState === EventSource.CLOSED) gone();
  else lost ??= setTimeout(gone, 6000);
});

farewell();
page.focus({ preventScroll: true });

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
    if (now.className !== then.className) now.className = then.className;
    if (sent.get(id) === then.innerHTML) continue;
    sent.set(id, then.innerHTML);
    now.replaceChildren(...then.childNodes);
  }
  for (const name of ["data-moment", "data-closing", "class"]) {
    if (next.hasAttribute(name)) page.setAttribute(name, next.getAttribute(name));
    else page.removeAttribute(name);
  }
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

function send(deed, value) {
  const body = new URLSearchParams({ do: deed, seen: page.dataset.moment });
  if (value !== undefined) body.set("value", value);
  return fetch("do", { method: "POST", body, keepalive: true });
}

function act(deed) {
  if (deed === "close" || (deed === "leave" && over)) return close();
  if (deed === "skip") return send("tense");
  if (deed === "tense") return send("tense", document.querySelector("input:checked")?.value);
  const answer = send(deed);
  // Out means out, even where nobody answers any more.
  if (deed === "leave") answer.catch(close);
  else answer.catch(gone);
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
  fetch("close", { method: "POST", keepalive: true }).catch(() => {});
  window.close();
  // Still here: it may be closed by hand.
  const line = byId("may-close").cloneNode(true);
  line.id = "close-line";
  line.hidden = false;
  byId("words").append(line);
  for (const id of ["controls", "out"]) byId(id).replaceChildren();
  page.focus({ preventScroll: true });
}

// The daemon is gone. Help lines stay.
function gone() {
  if (over || page.classList.contains("farewell")) return;
  over = true;
  live.close();
  byId("heart").textContent = "";
  byId("shape").className = "still";
  byId("words").replaceChildren(...byId("gone").cloneNode(true).childNodes);
  for (const id of ["choices", "dots", "controls", "anchors"]) byId(id).replaceChildren();
  byId("too-much")?.remove();
  page.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.line !== undefined) choose(button);
  else if (button) act(button.dataset.do);
});

document.addEventListener("change", (event) => {
  if (event.target.id === "anchor") send("anchor", event.target.value).catch(gone);
});

// A word changes the sentence that is shown, and nothing else; chosen again, it is put back.
function choose(button) {
  const chosen = button.getAttribute("aria-pressed") !== "true";
  for (const other of byId("choices").querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(chosen && other === button));
  }
  byId("line").textContent = chosen ? button.dataset.line : "";
}

// Each key does what a button does, if that button is there.
const keys = { " ": "next", ArrowLeft: "back", p: "pause", t: "too-much", Escape: "leave" };

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const { key, target } = event;
  let id = keys[key.length === 1 ? key.toLowerCase() : key];
  // What has the focus keeps the keys it needs itself; out is always out.
  if (key !== "Escape") {
    if (target.closest("select")) return;
    if (target.closest("button, summary") && (key === " " || key === "Enter")) return;
    if (target.closest("input") && key !== "Enter" && (key === " " || key.startsWith("Arrow"))) return;
  }
  if (key === "Enter" && page.classList.contains("question")) id = "next";
  if (key === " " && page.classList.contains("question")) id = undefined;
  if (key === " ") event.preventDefault();
  if (!id) return;
  if (id === "leave" && !byId("leave")) return close();
  const button = byId(id);
  if (!button) return;
  event.preventDefault();
  act(button.dataset.do);
});
