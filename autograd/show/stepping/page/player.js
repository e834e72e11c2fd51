// The player of a pass. What it is told, in the element "script", was worked out in Python
// (script.py says how): for every event its words, and for every drawing where its marks are and
// which rows say something else from this event on. A frame is a fold over the events so far, and
// going from one frame to another touches only what differs. Texts of the user's become text
// and never markup.
"use strict";

const $ = (id) => document.getElementById(id);
// A number below 0 is that of a text that moves: it is another at every step of a training.
const { root, backward, first, events, drawings, texts, moving, losses } = JSON.parse($("script").textContent);
// The texts that are known by their places.
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS] = texts.keys();
const LAST = events.length - 1;
const view = $("drawing");
const slider = $("slider");

// A text is a string, or a pair: as shown, and exactly.
let step = 0;
let digits = 0;
const said = (text) => [text < 0 ? moving[~text][step] : texts[text]].flat();
const shown = (text) => said(text)[0];
const exact = (text) => said(text).at(-1);

// --- a drawing, at one level of folding ------------------------------------------------------

const drawn = (svg, { frames, boxes, edges, down }) => {
  const page = svg.firstElementChild;
  const parts = [...page.querySelectorAll("[transform]")];
  const about = parts.map((part) => part.firstElementChild.textContent);
  const lines = parts.map((part) => part.querySelectorAll("text:not(.name,.by)"));
  const labels = page.querySelectorAll(".locals text");
  const paths = page.querySelector(".edges")?.children;
  const marks = page.lastChild;

  // What each row says after some events; a row is 4 · box + its place, or behind all these a label.
  const fold = (number) => {
    const says = new Map();
    for (let place = 0; place <= number; place++) {
      const frame = frames[place];
      for (let i = events[place][3] ? 3 : 1; i < frame.length; i += 2) says.set(frame[i], frame[i + 1]);
    }
    return says;
  };
  let now = fold(LAST);
  let trained;

  const write = (row) => {
    const box = row >> 2;
    const label = labels[row - 4 * parts.length];
    if (label) return (label.textContent = now.has(row) ? "×" + shown(now.get(row)) : "");
    const [data, grad, status, more] = [DASH, DASH, NOTHING, NOTHING].map((start, i) => now.get(4 * box + i) ?? start);
    const line = lines[box][row & 3];
    const text = shown([data, grad, status, more][row & 3]);
    if (line.firstElementChild) line.lastChild.data = " " + text;
    else line.textContent = text;
    parts[box].setAttribute("class", shown(data === DASH ? WAITING : status === FINAL ? FINAL : NOTHING));
    // Pointed at, a box says all its digits.
    parts[box].firstElementChild.textContent = `${about[box]}: data = ${exact(data)}` + (lines[box][1] ? `, grad = ${exact(grad)}, ${shown(status) || "untouched"}` : "");
  };

  // The marks have no word of the user's. A ring around a box, with a word.
  const ring = (box, tag, kind = "") => box < 0 ? "" : `<g transform="${parts[box].getAttribute("transform")}"><rect class="ring${kind}" x=-17 y=-5 width=${boxes[box][0]} height=${boxes[box][1]} rx=10 /><text class="tag${kind}" x=-9 y=-1>${shown(tag)}</text></g>`;

  // The edge, thick, with a point at the operand, and there what it adds to the gradient.
  const flow = (edge, adds) => {
    const [height, trunk = ""] = [edges[edge]].flat();
    const way = trunk + paths[edge].getAttribute("d");
    const [x, y] = way.match(/\d+/g);
    return `<path class=flow d="${way}"/><path class=tip d="M0 0l13-7v14z" transform="translate(${x} ${y})rotate(${down ? 90 : 0})"/><text class=adds x=${+x + 15} y=${+y + height}>${adds}</text>`;
  };

  const show = (number) => {
    const before = now;
    now = fold(number);
    for (const row of new Set([...before.keys(), ...now.keys()])) {
      if (trained !== step || before.get(row) !== now.get(row)) write(row);
    }
    trained = step;
    const [box, other, edge] = frames[number];
    const [, tag, , , , contribution, , , , , sign = ADDS] = events[number];
    marks.innerHTML = contribution
      ? (edge < 0 ? "" : flow(edge, `${shown(sign)} ${shown(contribution)}`)) + ring(box, other < 0 ? INSIDE : UPSTREAM) + ring(other, RECEIVES, " takes")
      : ring(box, boxes[box]?.[2] ? INSIDE : tag);
  };

  // Scrolls for all marks to be in view, or at least the last of them.
  const follow = () => {
    const room = view.getBoundingClientRect();
    let what = marks.getBoundingClientRect();
    if (what.width > room.width || what.height > room.height) what = marks.lastChild.getBoundingClientRect();
    const by = (from, to) => (what[from] < room[from] || what[to] > room[to] ? (what[from] + what[to] - room[from] - room[to]) / 2 : 0);
    view.scrollBy(by("left", "right"), by("top", "bottom"));
  };

  return { svg, show, follow };
};

// --- the panel -------------------------------------------------------------------------------

const write = (id, text) => ($(id).textContent = text);
const number = (id, text) => write(id, said(text).at(-digits));

const tell = (place) => {
  const [[pattern, ...parts], rule, local, ...numbers] = events[place];
  const passes = numbers.length;
  const names = parts.map(shown);
  const [node, parent, use = ""] = names;
  let next = 0;
  const sentence = shown(pattern).replace(/{}/g, () => names[next++]) + shown(drawings[level].inside?.[place] ?? NOTHING);
  write("sentence", sentence);
  write("fault", shown((passes ? numbers[8] : local) ?? NOTHING));
  $("sums").hidden = !passes;
  if (passes) {
    const derivative = `∂${node}/∂${parent}${use}`;
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
  slider.value = place;
  slider.ariaValueText = `${place + 1}: ${sentence}`;
  // Not "disabled", which would take the focus away.
  $("first").ariaDisabled = $("back").ariaDisabled = !place;
  $("forward").ariaDisabled = $("last").ariaDisabled = place === LAST;
};

// --- going about -----------------------------------------------------------------------------

const levels = [...document.querySelectorAll("template")].map((template, i) => drawn(template.content.firstElementChild, drawings[i]));
let level;
let at = 0;
let timer;
let running;

const show = (place) => {
  at = Math.max(0, Math.min(LAST, place));
  levels[level].show(at);
  tell(at);
  levels[level].follow();
};

const unfold = (other) => {
  level = other;
  view.replaceChildren(levels[level].svg);
  show(at);
};

// What can play, one at a time: it goes on until there is nothing more.
const plays = { play: { more: () => at < LAST, next: () => show(at + 1), again: () => show(0), words: "", pace: 1 } };
const run = (what) => {
  clearInterval(timer);
  running = what;
  const { more, next, pace } = plays[what] ?? {};
  timer = what && setInterval(() => (more() ? next() : run()), $("speed").value * pace);
  for (const id in plays) $(id).textContent = (id === what ? "Pause" : "Play") + plays[id].words;
  // While it plays, a screen reader would never come to an end.
  for (const part of document.querySelectorAll("[aria-live]")) part.ariaLive = what ? "off" : "polite";
};
const toggle = (what) => () => {
  if (running === what) return run();
  if (!plays[what].more()) plays[what].again();
  run(what);
};

const go = (place) => {
  run();
  show(place);
};
const actions = {
  first: () => go(0),
  back: () => go(at - 1),
  play: toggle("play"),
  forward: () => go(at + 1),
  last: () => go(LAST),
  backward: () => go(backward),
};
for (const id in actions) $(id).onclick = actions[id];
$("backward").disabled = backward === null;
slider.max = LAST;
slider.oninput = () => go(+slider.value);
$("speed").onchange = () => run(running);

const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };
const ways = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
onkeydown = (event) => {
  const { key, shiftKey, target: { tagName } } = event;
  // Keys that the control with the focus has a use for itself.
  const own = tagName === "SELECT" || tagName === (key === " " ? "BUTTON" : /Pa/.test(key) || shiftKey || "INPUT");
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
$("levels").hidden = !levels[1];

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

run();
unfold(first);
// In a notebook there may be no layout yet, and so nothing to scroll to.
new ResizeObserver(() => levels[level].follow()).observe(view);
