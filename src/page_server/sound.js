// What can be heard, where it was chosen: soft tones for in and out, and the steps read aloud. And the pace of the guide.

const shape = document.getElementById("shape");
const page = document.getElementById("page");

// One breath of the guide as the style sheet draws it, in ms, and where in it the breath turns.
const drawn = 10_000;
const slow = [[0, "in"], [0.4, "out"]];
const turns = { slow, search: slow, "long-out": [[0, "in"], [0.24, "in"], [0.36, "out"]] };

// How often the guide is drawn: every so many ms. Its edge goes less than a pixel in between; drawn as often as a browser can, it takes
// more than twice the processor.
const frame = 125;
let drawing;
// When the guide was drawn last.
let moved;

let context;
let volume = 0.5;
let timer;
let since = performance.now();
let breath;

// Follows what the page shows now: the pace of the guide, whether it moves, and whether tones go with it.
export function follow() {
  const { breath: now, cycle } = shape.dataset;
  const moving = shape.className === "breathing";
  if (now !== breath) since = performance.now();
  breath = now;
  clearInterval(drawing);
  if (moving) drawing = draw(drawn / cycle);
  else moved = undefined;
  volume = page.dataset.volume / 100;
  clearTimeout(timer);
  timer = undefined;
  if (moving && page.dataset.tones !== undefined) schedule(Number(cycle));
}

// Lets the guide go on, so much faster than it is drawn; from where it was, if it moved already.
function draw(rate) {
  moved ??= performance.now();
  return setInterval(() => {
    const now = performance.now();
    for (const animation of guides()) animation.currentTime += (now - moved) * rate;
    moved = now;
  }, frame);
}

// What is drawn of the guide: one animation at most.
function guides() {
  return shape.getAnimations({ subtree: true });
}

// Where in the breath the guide is, 0 to 1; where nothing is drawn, by the clock.
function phase(cycle) {
  const [animation] = guides();
  const time = animation ? animation.currentTime / drawn : (performance.now() - since) / cycle;
  return time % 1;
}

function schedule(cycle) {
  const here = phase(cycle);
  // What is due within a moment was just played.
  const ahead = turns[breath].map(([at, way]) => [(at - here + 1) % 1, way]).filter(([away]) => away > 0.01);
  const [away, way] = ahead.reduce((a, b) => (b[0] < a[0] ? b : a));
  timer = setTimeout(() => {
    play(way);
    schedule(cycle);
  }, away * cycle);
}

// A tone that swells and fades: up a little for in, down a little for out.
export function play(way) {
  context ??= new AudioContext();
  context.resume();
  const [from, to, lasts] = way === "in" ? [196, 220, 1.6] : [196, 165, 2.4];
  const now = context.currentTime;
  const tone = new OscillatorNode(context, { type: "sine", frequency: from });
  tone.frequency.linearRampToValueAtTime(to, now + lasts);
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(0.2 * volume, now + lasts * 0.35);
  gain.gain.linearRampToValueAtTime(0, now + lasts);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(now + lasts);
}

let wanted = "";
window.speechSynthesis?.addEventListener("voiceschanged", () => {
  if (wanted) say(wanted);
});

// Reads a step aloud; nothing, or a pause, ends what is being read. Only by a voice of this machine: others would be sent the words.
// Voices may come a while after they were first asked for.
export function say(words) {
  if (!window.speechSynthesis) return;
  speechSynthesis.cancel();
  wanted = "";
  if (!words) return;
  const { lang } = document.documentElement;
  const speaks = (voice) => voice.localService && voice.lang.split(/[-_]/)[0] === lang.split("-")[0];
  const voice = speechSynthesis.getVoices().find(speaks);
  if (!voice) {
    wanted = words;
    return;
  }
  const said = new SpeechSynthesisUtterance(words);
  said.voice = voice;
  said.lang = voice.lang;
  said.rate = 0.9;
  said.volume = volume;
  speechSynthesis.speak(said);
}
