// The player of a pass. What it is told, in the element "script", was worked out in Python
// (script.py says how): for every event its words, and for every drawing which rows of which
// boxes say something else from this event on. A frame is a fold over the events so far, and
// going from one frame to another touches only what differs. Texts of the user's become text
// and never markup.
"use strict";

const $ = (id) => document.getElementById(id);
// A number below 0 is that of a text that moves: it is another at every step of a training.
const { root, backward, first, events, drawings, texts, moving, losses } = JSON.parse($("script").textContent);
// The texts that are known by their places.
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS] = texts.keys();
// What the rows of a box say before the first event: data, gradient, and how far that is.
const START = [DASH, DASH, NOTHING];
const LAST = events.length - 1;

// A text is a string, or a pair: as shown, and exactly.
let step = 0;
const said = (text) => [text < 0 ? moving[~text][step] : texts[text]].flat();
const shown = (text) => said(text)[0];
const exact = (text) => said(text).at(-1);

// --- a drawing, at one level of folding ------------------------------------------------------

const made = (kind, attributes, text = "") => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.textContent = text;
  return element;
};

const drawn = (svg, { frames, labels = [] }) => {
  const page = svg.firstElementChild;
  const boxes = [...page.children].filter((part) => part.hasAttribute("transform"));
  const titles = boxes.map((box) => box.firstElementChild);
  const about = titles.map((title) => title.textContent);
  const rows = boxes.map((box) => box.querySelectorAll("text:not(.name,.by)"));
  const edges = page.querySelector(".edges")?.children;
  const marks = page.appendChild(made("g"));
  // What each row says now, if it says anything yet; a row is 4 · box + its place.
  let now = new Map();
  let trained = 0;
  const locals = page.querySelectorAll(".locals text");

  const text = (row) => now.get(row) ?? START[row & 3];

  const write = (row) => {
    const box = row >> 2;
    const line = rows[box][row & 3];
    if (line.firstElementChild) line.lastChild.data = " " + shown(text(row));
    else line.textContent = shown(text(row));
    const [data, grad, status] = [0, 1, 2].map((i) => text(4 * box + i));
    const state = data === DASH ? WAITING : status === FINAL ? FINAL : NOTHING;
    boxes[box].setAttribute("class", shown(state));
    // Pointed at, a box says all its digits.
    const more = rows[box][1] ? `, grad = ${exact(grad)}, ${shown(status) || "untouched"}` : "";
    titles[box].textContent = `${about[box]}: data = ${exact(data)}${more}`;
  };

  // The edge, thick, with a point at the operand, and there what it adds to the gradient.
  const flow = (edge, adds) => {
    const [start, next, middle] = [0, 1, 60].map((along) => edges[edge].getPointAtLength(along));
    const down = next.y > start.y + 0.5;
    const turn = Math.round(middle.y - start.y);
    const y = start.y + (down ? 19 : turn < 0 ? -24 : turn ? 30 : -9);
    marks.append(
      made("path", { class: "flow", d: edges[edge].getAttribute("d") }),
      made("path", { class: "tip", d: "M0 0l13-7v14z", transform: `translate(${start.x} ${start.y})rotate(${down ? 90 : 0})` }),
      made("text", { class: "adds", x: start.x + 15, y }, adds),
    );
  };

  // A ring around a box, with a word.
  const ring = (box, tag, kind) => {
    const { x, y, width, height } = boxes[box].getBBox();
    const group = made("g", { transform: boxes[box].getAttribute("transform") });
    group.append(
      made("rect", { class: "ring" + kind, x: x - 5, y: y - 5, width: width + 10, height: height + 10, rx: 10 }),
      made("text", { class: "tag" + kind, x: x + 3, y: y - 1 }, shown(tag)),
    );
    marks.append(group);
  };

  const show = (number) => {
    const before = now;
    now = new Map();
    for (let place = 0; place <= number; place++) {
      const frame = frames[place];
      for (let i = events[place][3] ? 3 : 1; i < frame.length; i += 2) now.set(frame[i], frame[i + 1]);
    }
    const moved = trained !== step;
    trained = step;
    for (const row of new Set([...before.keys(), ...now.keys()])) {
      if (moved || before.get(row) !== now.get(row)) write(row);
    }
    if (moved) labels.forEach((label, i) => (locals[i].textContent = shown(label)));
    const [box, other, edge] = frames[number];
    const [, tag, , , , contribution, , , , , sign = ADDS] = events[number];
    marks.replaceChildren();
    if (!contribution) {
      if (box >= 0) ring(box, tag, "");
      return;
    }
    if (edge >= 0) flow(edge, `${shown(sign)} ${shown(contribution)}`);
    if (box >= 0) ring(box, other < 0 ? INSIDE : UPSTREAM, "");
    if (other >= 0) ring(other, RECEIVES, " takes");
  };

  // Scrolls for all marks to be in view, or at least the last of them.
  const follow = (view) => {
    const room = view.getBoundingClientRect();
    let what = marks.getBoundingClientRect();
    if (what.width > room.width || what.height > room.height) what = marks.lastChild.getBoundingClientRect();
    const by = (from, to) => (what[from] < room[from] || what[to] > room[to] ? (what[from] + what[to] - room[from] - room[to]) / 2 : 0);
    view.scrollBy(by("left", "right"), by("top", "bottom"));
  };

  return { svg, show, follow };
};

// --- the panel -------------------------------------------------------------------------------

const write = (id, text, hint = text) => {
  $(id).textContent = text;
  $(id).title = hint;
};
const number = (id, text) => write(id, shown(text), exact(text));

const tell = (place) => {
  const [[pattern, ...parts], rule, local, ...numbers] = events[place];
  const passes = numbers.length;
  const names = parts.map(shown);
  const [node, parent] = names;
  const sentence = shown(pattern).split("{}").map((words, i) => words + (names[i] ?? "")).join("");
  write("sentence", sentence);
  write("fault", shown((passes ? numbers[8] : local) ?? NOTHING));
  $("sums").hidden = !passes;
  if (passes) {
    const derivative = `∂${node}/∂${parent}`;
    write("rule", shown(rule));
    write("here", [derivative, shown(local), shown(numbers[1])].filter(Boolean).join(" = "));
    ["upstream", "local", "contribution", "before", "after"].forEach((id, i) => number(id, numbers[i]));
    number("added", numbers[2]);
    number("product", numbers[5] ?? EQUAL);
    number("total", numbers[6] ?? EQUAL);
    const sum = parent + ".grad";
    [`∂${shown(root)}/∂${node}`, derivative, sum, sum].forEach((text, i) => write("of" + i, text));
  }
  const pass = place < (backward ?? events.length) ? "forward" : "backward";
  write("count", `${place + 1} of ${events.length}, ${pass}`);
  $("slider").value = place;
  $("slider").ariaValueText = `${place + 1}: ${sentence}`;
  $("first").disabled = $("back").disabled = !place;
  $("forward").disabled = $("last").disabled = place === LAST;
};

// --- going about -----------------------------------------------------------------------------

const levels = [...document.querySelectorAll("template")].map((template, i) => drawn(template.content.firstElementChild, drawings[i]));
let drawing;
let at = 0;
let timer;

const show = (place) => {
  at = Math.max(0, Math.min(LAST, place));
  drawing.show(at);
  tell(at);
  drawing.follow($("drawing"));
};

const unfold = (level) => {
  drawing = levels[level];
  $("drawing").replaceChildren(drawing.svg);
  show(at);
};

const play = (start) => {
  clearInterval(timer);
  timer = start && setInterval(() => (at < LAST ? show(at + 1) : play(false)), $("speed").value);
  $("play").textContent = start ? "Pause" : "Play";
  // While it plays, a screen reader would never come to an end.
  $("panel").ariaLive = start ? "off" : "polite";
};

const go = (place) => {
  play(false);
  show(place);
};
const actions = {
  first: () => go(0),
  back: () => go(at - 1),
  play: () => {
    if (!timer && at === LAST) show(0);
    play(!timer);
  },
  forward: () => go(at + 1),
  last: () => go(LAST),
  backward: () => go(backward),
};
for (const id in actions) $(id).onclick = actions[id];
$("backward").disabled = backward === null;
$("slider").max = LAST;
$("slider").oninput = () => go(+$("slider").value);
$("speed").onchange = () => timer && play(true);

const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };
onkeydown = (event) => {
  const { key, target: { tagName } } = event;
  // Keys that the control with the focus has a use for itself.
  const own = tagName === "SELECT" || tagName === (key === " " ? "BUTTON" : "INPUT");
  if (own || event.ctrlKey || event.altKey || event.metaKey || !keys[key]) return;
  event.preventDefault();
  actions[keys[key]]();
};

// --- levels and theme ------------------------------------------------------------------------

drawings.forEach(({ name }, i) => $("level").add(new Option(name, i)));
$("level").value = first;
$("level").onchange = () => unfold($("level").value);
$("levels").hidden = !levels[1];

const THEMES = ["auto", "light", "dark"];
let theme = 0;
$("theme").onclick = () => {
  theme = (theme + 1) % 3;
  document.documentElement.style.colorScheme = theme ? THEMES[theme] : "light dark";
  $("theme").textContent = "Theme: " + THEMES[theme];
};

play(false);
unfold(first);
// In a notebook there may be no layout yet, and so no box to put a ring around.
new ResizeObserver(() => show(at)).observe($("drawing"));
