// The page of the playground: an editor, and what comes of its text.

import { packed, signs, unpacked } from "./address.js";
import { mark, press, select } from "./editor.js";

const get = (id) => document.getElementById(id);
const [text, lines, state, problem, printed, shown] =
  ["text", "lines", "state", "error", "printed", "shown"].map(get);
const PROGRAMS = JSON.parse(get("programs").textContent);
const OWN = "own";
const KEPT = "autograd-playground"; // in the storage of the browser
const LONG = 3000; // milliseconds, after which a program is said to be still running

let worker, timer, ready = false, running = false, waiting = false;

// --- Python ---

function start(word) {
  ready = false;
  worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => hear[data.kind](data.content);
  worker.onerror = (event) => hear.failed(event.message || "the worker cannot be loaded");
  tell(word ?? "Loading Python…", true);
}

const hear = {
  state: (word) => { if (!running) tell(waiting ? `${word} Your program runs then.` : word, true); },
  ready() {
    ready = true;
    tell("Ready.");
    if (waiting) run();
  },
  printed: print,
  done({ shown: found, error }) {
    end(error ? "The program stopped with an error." : "Done.");
    if (error) complain(error);
    else show(found);
    age(Boolean(error));
  },
  died(error) {
    const deep = /Maximum call stack|recursion/.test(error);
    restart(deep
      ? "The program goes too deep for this page: a function that calls itself, or objects within objects. Python was started again."
      : `Python broke down, and was started again: ${error.split("\n")[0]}`);
  },
  failed(error) {
    end("");
    tell(`Python cannot be started: ${error}. Reload the page, or try a browser of 2024 or later.`);
  },
};

function run() {
  keep();
  clear();
  if (!ready) {
    waiting = true;
    tell("Loading Python… Your program runs then.", true);
    return;
  }
  waiting = false;
  running = true;
  get("run").disabled = true;
  get("stop").disabled = false;
  tell("Running…", true);
  timer = setTimeout(() => tell("Still running. If it does not end, press Stop.", true), LONG);
  worker.postMessage(text.value);
}

function end(word) {
  clearTimeout(timer);
  running = waiting = false;
  get("run").disabled = false;
  get("stop").disabled = true;
  tell(word);
}

/** End Python, whatever it does, and start it again. */
function restart(why) {
  worker.terminate();
  end("");
  age(true);
  complain({ what: why, line: null, path: [], advice: "" });
  start("Starting Python again…");
}

// --- what is said and shown ---

function tell(word, busy = false) {
  state.textContent = word;
  state.classList.toggle("busy", busy);
}

function clear() {
  problem.hidden = printed.hidden = true;
  problem.replaceChildren();
  printed.textContent = "";
  mark(null);
}

function print(more) {
  const below = printed.scrollTop + printed.clientHeight >= printed.scrollHeight - 5;
  printed.hidden = false;
  printed.append(more);
  if (below) printed.scrollTop = printed.scrollHeight;
}

function element(name, content, options = {}) {
  const made = Object.assign(document.createElement(name), options);
  if (content) made.textContent = content;
  return made;
}

function complain({ what, line, path, advice }) {
  problem.replaceChildren(element("p", line ? `Line ${line}: ${what}` : what));
  if (line) {
    const place = element("p");
    const go = element("button", `Go to line ${line}`, { type: "button", onclick: () => select(line) });
    place.append(element("code", text.value.split("\n")[line - 1]?.trim()), " ", go);
    problem.append(place);
  }
  if (path.length > 1) problem.append(element("p", `It got there through the lines ${path.map((each) => each ?? "…").join(" → ")}.`));
  if (advice) problem.append(element("p", advice));
  problem.hidden = false;
  problem.scrollIntoView({ behavior: "instant", block: "nearest" });
  mark(line);
}

function show(found) {
  if (found.length) shown.replaceChildren(...found.map(view));
  else if (printed.hidden) {
    const hint = "The program ran, and shows nothing: end it with a Value, a drawing, or print something.";
    shown.replaceChildren(element("p", hint, { className: "empty" }));
  } else shown.replaceChildren();
  if (found.length && matchMedia("(max-width: 60rem)").matches) {
    shown.scrollIntoView({ behavior: "instant", block: "start" });
  }
}

/** Whether what is shown is of a program before, for this one stopped with an error. */
function age(old) {
  shown.classList.toggle("old", old);
  shown.ariaLabel = old ? "Result of the program before" : "Result";
}

function view({ kind, content, text: described }) {
  if (kind === "page") {
    const frame = element("iframe", "", { title: "Result", srcdoc: content });
    frame.sandbox = "allow-scripts"; // a page sees nothing of this one
    frame.style.colorScheme = scheme();
    return frame;
  }
  if (kind === "picture") {
    const picture = element("div", "", { className: "picture", tabIndex: 0, role: "region", ariaLabel: "Picture" });
    const source = `data:image/svg+xml;base64,${signs(new TextEncoder().encode(content))}`;
    const image = element("img", "", { src: source, alt: described });
    image.style.colorScheme = scheme();
    picture.append(image);
    return picture;
  }
  return element("pre", content, { tabIndex: 0 });
}

// --- keeping and sharing ---

async function keep() {
  try {
    localStorage.setItem(KEPT, text.value);
  } catch { /* a browser that keeps nothing */ }
  history.replaceState(null, "", await packed(text.value));
}

async function share() {
  await keep();
  try {
    await navigator.clipboard.writeText(location.href);
    tell("Copied: the address of this page, with the program in it.");
  } catch {
    tell("The address of this page now holds the program: copy it from the address bar.");
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** Show in the menu which example the text is, if it is one. */
function name() {
  const known = PROGRAMS.findIndex((each) => each.text === text.value);
  get("examples").value = known < 0 ? OWN : known;
  return known >= 0;
}

function put(program) {
  text.value = program;
  text.scrollTop = 0;
  clear();
}

// --- the theme ---

const THEMES = ["auto", "light", "dark"];
const scheme = () => ({ light: "light", dark: "dark" })[document.documentElement.dataset.theme] ?? "light dark";

function paint(theme) {
  document.documentElement.dataset.theme = theme;
  get("theme").textContent = `Theme: ${theme === "auto" ? "system" : theme}`;
  document.querySelectorAll("#shown iframe, #shown img").forEach((each) => (each.style.colorScheme = scheme()));
}

function turn() {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % 3];
  try {
    localStorage.setItem("theme", next); // as the other pages of the site keep it
  } catch { /* a browser that keeps nothing */ }
  paint(next);
}

// --- all begins ---

function listen() {
  get("run").onclick = run;
  get("stop").onclick = () => restart("The program was stopped. Its text is as it was.");
  get("share").onclick = share;
  get("theme").onclick = turn;
  text.onkeydown = (event) => press(event, () => running || run());
  text.oninput = () => {
    mark(null);
    name();
  };
  text.onscroll = () => (lines.scrollTop = text.scrollTop);
  get("examples").onchange = ({ target }) => {
    put(PROGRAMS[target.value].text);
    if (running) {
      worker.terminate();
      end("");
      start();
    }
    run();
  };
  onhashchange = async () => {
    const program = await unpacked(location.hash);
    if (program !== null && program !== text.value) put(program);
    name();
  };
}

async function begin() {
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") ?? "auto";
  } catch { /* a browser that keeps nothing */ }
  paint(THEMES.includes(theme) ? theme : "auto");
  get("examples").append(element("option", "none, your own program", { value: OWN, hidden: true }));
  PROGRAMS.forEach(({ title }, i) => get("examples").append(element("option", title, { value: i })));
  listen();
  start();
  const program = await unpacked(location.hash);
  put(program ?? kept() ?? PROGRAMS[0].text);
  const known = name();
  if (program === null && location.hash.startsWith("#program=")) {
    complain({ what: "The address holds no program that can be read: it was cut.", line: null, path: [], advice: "" });
  } else if (known) {
    run(); // an example: what somebody else wrote, or may not end, runs when it is asked for
    return;
  }
  shown.replaceChildren(element("p", "Press Run.", { className: "empty" }));
}

begin();
