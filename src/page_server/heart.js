// The heart's line: what came over the last half minute, drawn as it comes. It moves by itself between two messages, as time does.

const box = document.getElementById("swing");
const [group, path, words] = ["g", "path", "figcaption"].map((name) => box.querySelector(name));

// The picture in its own units, and how many ms it holds.
const [width, height, held] = [300, 60, 30_000];

let points = [];
let moving;
// The lowest and the highest rate of the picture.
let range;

// Takes in what is new of the line; nothing: it is over.
export function draw(told) {
  box.hidden = told === null;
  if (told === null) return clear();
  if (words.textContent !== told.words) words.textContent = told.words;
  if (!told.drawn) return clear();
  if (told.points.length === 0) return;
  points = points.concat(told.points).filter(([at]) => at > told.now - held - 5000);
  const rates = points.map(([, rate]) => rate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  // A small swing is not blown up into a large one.
  const room = Math.max(0.15 * (high - low), (8 - (high - low)) / 2);
  range = settled([low - room, high + room]);
  path.setAttribute("d", points.map(place(told.now)).join(""));
  moving?.cancel();
  const away = (-5000 / held) * width;
  moving = group.animate([{ transform: "none" }, { transform: `translateX(${away}px)` }], { duration: 5000, fill: "forwards" });
}

function clear() {
  points = [];
  range = undefined;
  moving?.cancel();
  path.removeAttribute("d");
}

// The range follows the line: at once where it would leave the picture, slowly where it needs less of it.
function settled([low, high]) {
  if (!range) return [low, high];
  return [Math.min(low, range[0] + 0.1 * (low - range[0])), Math.max(high, range[1] + 0.1 * (high - range[1]))];
}

function place(now) {
  const [low, high] = range;
  return ([at, rate, begins], index) => {
    const x = width * (1 - (now - at) / held);
    const y = height * (1 - (rate - low) / (high - low));
    return `${begins || index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  };
}
