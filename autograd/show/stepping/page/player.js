// The player of a pass. For every event told.js and rows.js give its words, its marks in a drawing, and
// what the rows of that say after it. Going from one frame to another touches only what differs. Texts of
// the user's become text and never markup.

const view = $("drawing");
const slider = $("slider");

// A text has up to two forms: as shown, and exactly.
let digits = 0;
const shown = (text) => (typeof text === "number" ? decimal(text) : said(text)[0]);
const exact = (text) => said(text).at(-1);
// Another text at the end of an element: that is less work for a browser than another child.
const setText = (element, text) => ((element.lastChild ?? element.appendChild(new Text())).data = text);

// Where a question is asked first, how many numbers of an event are hidden: its sum, and its product too.
let hidden = () => 0;
// What is wrong in a drawing after an event: boxes, with what is right.
let wrongAt = () => [];
const listeners = []; // called when an event was told, with whether it is another one
const changed = []; // called when the numbers of leaves were, with these
const unfolded = []; // called when another drawing was put on the screen
let lastTold;

// Scrolls a window, and not the page, for a part of what is in it to be in the middle, if it is not within.
const bring = (window, part, always) => {
  const [what, room] = [part, window].map((one) => one.getBoundingClientRect());
  const by = (from, to) => (always || what[from] < room[from] || what[to] > room[to] ? (what[from] + what[to] - room[from] - room[to]) / 2 : 0);
  window.scrollBy(by("left", "right"), by("top", "bottom"));
};

// --- a drawing, at one level of folding ------------------------------------------------------

const drawn = (level) => {
  const drawing = drawings[level];
  const svg = document.createRange().createContextualFragment(pictures[level].text).firstElementChild;
  const { boxes, edges, down } = drawing;
  const page = svg.firstElementChild;
  const parts = [...page.querySelectorAll("[transform]")];
  const about = parts.map((part) => part.firstElementChild.textContent);
  const lines = parts.map((part) => part.querySelectorAll("text:not(.name,.by)"));
  const labels = page.querySelectorAll(".locals text");
  const paths = page.querySelector(".edges")?.children;
  const marks = page.lastChild;
  // Heard, a drawing is a list of boxes with their numbers.
  svg.role = "group";
  for (const part of page.children) part.ariaHidden = !parts.includes(part);
  parts.forEach((part, box) => {
    part.classList.add("box");
    part.classList.toggle("movable", inputOf(boxes[box]) !== undefined);
    part.tabIndex = box === parts.length - 1 ? 0 : -1;
    part.role = "button";
  });
  let now = new Map(); // as it is drawn: before the first event

  const saidIn = (says, row) => says.get(row) ?? ((row & 3) < 2 && row < 4 * parts.length ? DASH : NOTHING);
  const write = (row) => {
    const edge = row - 4 * parts.length;
    const text = shown(saidIn(now, row));
    if (edge < 0) {
      const line = lines[row >> 2][row & 3];
      return setText(line, (line.firstElementChild ? " " : "") + text);
    }
    const label = labels[edge];
    const path = paths[drawing.labels[edge]];
    // A line closes the gap for a label that is not there yet.
    if (!text !== !label.textContent) path.setAttribute("d", path.getAttribute("d").replace(/[lm]/, text ? "m" : "l"));
    setText(label, text && "×" + text);
    label.classList.toggle("wide", text.length > 5);
  };
  // What a box says as a whole: its look, and to who points at it or hears it, all of its digits.
  const describe = (box) => {
    const [data, grad, status] = [0, 1, 2].map((row) => saidIn(now, 4 * box + row));
    parts[box].classList.toggle(shown(WAITING), data === DASH);
    parts[box].classList.toggle(shown(FINAL), data !== DASH && status === FINAL);
    setText(parts[box].firstElementChild, `${about[box]}: data = ${exact(data)}` + (lines[box][1] ? `, grad = ${exact(grad)}, ${shown(status) || "untouched"}` : ""));
  };

  // The marks have no word of the user's. A ring around a box, with a word.
  const ring = (box, tag, kind = "", inner = 0, [x, y] = boxes[box]?.tag ?? [8, 4]) => {
    if (box < 0) return "";
    const { width, height } = boxes[box];
    return `<g transform="${parts[box].getAttribute("transform")}"><rect class="ring${kind}" x=${inner - 17} y=${inner - 5} width=${width - 2 * inner} height=${height - 2 * inner} rx=${10 - inner} /><text class="tag${kind}" x=${x - 17} y=${y - 5}>${shown(tag)}</text></g>`;
  };

  // A wrong gradient, with the right one below the box.
  const off = ([box, text]) => ring(box, text, " off", 3, [8, boxes[box].height + 15]);

  // The edge, thick, with a point at the operand, and there what it adds to the gradient.
  const flow = (edge, adds) => {
    const [height, trunk = ""] = [edges[edge]].flat();
    const way = trunk + paths[edge].getAttribute("d");
    const [x, y] = way.match(/\d+/g);
    return `<path class=flow d="${way}"/><path class=tip d="M0 0l13-7v14z" transform="translate(${x} ${y})rotate(${down ? 90 : 0})"/><text class=adds x=${+x + 15} y=${+y + height}>${adds}</text>`;
  };

  // Writes the rows that say something else than before, or all.
  const show = (place, all, from = place) => {
    const before = now;
    const secret = hidden(place);
    now = rowsAt(drawing, secret ? place - 1 : place);
    const touched = new Set();
    for (const row of new Set([...before.keys(), ...now.keys()])) {
      if (!all && Object.is(saidIn(before, row), saidIn(now, row))) continue;
      write(row);
      if (row < 4 * parts.length) touched.add(row >> 2);
    }
    touched.forEach(describe);
    const places = Array.from({ length: place + 1 - from }, (_, i) => from + i);
    const passing = places.filter((one) => moves[one]?.kind === "contribute");
    const found = (passing.length ? passing : places).flatMap((one) => marked(one, secret));
    marks.innerHTML = [...wrongAt(drawing, place).map(off), ...new Set(found)].join("");
  };
  const marked = (place, secret) => {
    const [box, other, edge] = marksAt(drawing, place);
    const [, tag, , , , contribution, , , , , sign = ADDS] = eventAt(place);
    if (contribution === undefined) return [box].flat().map((one) => ring(one, boxes[one]?.group ? INSIDE : tag)).reverse(); // the first is followed
    return [edge < 0 ? "" : flow(edge, `${shown(sign)} ${secret > 1 ? "?" : shown(contribution)}`), ring(box, other < 0 ? INSIDE : UPSTREAM), ring(other, RECEIVES, " takes")];
  };

  // Scrolls for all marks to be in view, or at least the last of them.
  const follow = () => {
    const { width, height } = marks.getBoundingClientRect();
    bring(view, width > view.offsetWidth || height > view.offsetHeight ? marks.lastChild : marks);
  };

  // What nothing flows back along is dotted.
  const refresh = () => {
    for (const [edge, idle] of idleAt(drawing)) paths[edge].classList.toggle("idle", idle);
  };

  boxes.forEach(({ outputs }, box) => outputs && describe(box));
  return { svg, parts, show, follow, refresh };
};

// --- the panel -------------------------------------------------------------------------------

const write = (id, text) => setText($(id), text);
const number = (id, text) => write(id, said(text).at(-digits));

const partial = (name) => `∂${name.includes(".") ? " " : ""}${name}`; // a path is written apart, as naming.py does

const tell = (place) => {
  const [[pattern, ...parts], rule, local, ...numbers] = eventAt(place);
  const passes = numbers.length;
  const names = parts.map(shown);
  const [node, parent, use = ""] = names;
  let next = 0;
  const sentence = shown(pattern).replace(/{}/g, () => names[next++]) + shown(insideAt(drawings[level], place));
  write("sentence", sentence);
  write("fault", shown((passes ? numbers[8] : local) ?? NOTHING));
  $("sums").hidden = !passes;
  if (passes) {
    const derivative = `${partial(node)}/${partial(parent)}${use}`;
    write("rule", shown(rule));
    write("here", [derivative, shown(local), shown(numbers[1])].filter(Boolean).join(" = "));
    ["upstream", "local", "contribution", "before", "after"].forEach((id, i) => number(id, numbers[i]));
    number("added", numbers[2]);
    ["after", "contribution", "added"].slice(0, [0, 1, 3][hidden(place)]).forEach((id) => write(id, "?"));
    number("product", numbers[5] ?? EQUAL);
    number("total", numbers[6] ?? EQUAL);
    const sum = parent + ".grad";
    [`${partial(shown(root))}/${partial(node)}`, derivative, sum, sum].forEach((text, i) => write("of" + i, text));
  }
  const pass = place < (backward ?? count()) ? "forward" : "backward";
  write("count", `${place + 1} of ${count()}, ${pass}`);
  slider.max = count() - 1;
  slider.value = place;
  slider.ariaValueText = `${place + 1}: ${sentence}`;
  const moved = lastTold !== place;
  lastTold = place;
  listeners.forEach((listen) => listen(moved));
  // Not "disabled", which would take the focus away.
  $("first").ariaDisabled = $("back").ariaDisabled = !place;
  $("forward").ariaDisabled = $("last").ariaDisabled = place === count() - 1;
};

// --- going about -----------------------------------------------------------------------------

const pictures = document.querySelectorAll("[type='image/svg+xml']");
const levels = []; // made of their texts when they are first shown
let level;
let at = 0;
let timer;
let running;

const show = (place, all, from) => {
  at = clamp(0, place, count() - 1);
  levels[level].show(at, all, from);
  tell(at);
  levels[level].follow();
};

const unfold = (other) => {
  level = other;
  levels[level] ??= drawn(level);
  scale(); // before it is laid out
  view.replaceChildren(levels[level].svg);
  levels[level].refresh();
  show(at);
  unfolded.forEach((listen) => listen());
};

let next = () => show(at + 1); // what one tick plays
const run = (starts) => {
  clearInterval(timer);
  running = starts;
  timer = starts && setInterval(() => (at < count() - 1 ? next() : run()), $("speed").value);
  $("play").textContent = starts ? "Pause" : "Play";
  // While it plays, a screen reader would never come to an end.
  for (const part of document.querySelectorAll("[aria-live]")) part.ariaLive = starts ? "off" : "polite";
};
const play = () => {
  if (running) return run();
  if (at === count() - 1) show(0);
  run(true);
};

const go = (place) => {
  run();
  show(place);
};
const actions = {
  first: () => go(0),
  back: () => go(at - 1),
  play,
  forward: () => go(at + 1),
  last: () => go(count() - 1),
  backward: () => go(backward),
};
$("backward").disabled = backward === null;
slider.oninput = () => go(+slider.value);
$("speed").onchange = () => run(running);

const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };
const ways = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
onkeydown = (event) => {
  const { key, shiftKey, target: { tagName } } = event;
  // Keys that the control with the focus has a use for itself.
  const own = tagName === "SELECT" || tagName === (key === " " ? "BUTTON" : shiftKey || "INPUT");
  const way = shiftKey && ways[key];
  if (own || event.ctrlKey || event.altKey || event.metaKey || !(way || keys[key])) return;
  event.preventDefault();
  if (way) view.scrollBy(...way);
  else actions[keys[key]]();
};

// --- levels, digits and theme ----------------------------------------------------------------

drawings.forEach(({ name }, i) => $("level").add(new Option(name, i)));
$("level").value = first;
$("level").onchange = () => unfold($("level").value);
$("levels").hidden = !drawings[1];

$("digits").onclick = () => {
  digits = 1 - digits;
  $("digits").ariaPressed = !!digits;
  show(at);
};

const THEMES = ["auto", "light", "dark"];
let theme = 0;
$("theme").onclick = () => {
  theme = (theme + 1) % 3;
  document.documentElement.style.colorScheme = theme ? THEMES[theme] : "light dark";
  $("theme").textContent = "Theme: " + THEMES[theme];
};

write("title", document.title);
run();
