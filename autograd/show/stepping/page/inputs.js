
// --- the numbers of the leaves, to drag and to type -------------------------------------------

const recorded = [...given];
const fields = new Map();
const plain = (x) => (digits ? repr(x).replace(/\.0$/, "") : decimal(x).replaceAll("−", "-"));

// What is wrong with what was done, or that it is done.
const tellAside = (text, kind = "") => {
  write("told", text);
  $("told").className = kind;
};

const fill = () => {
  for (const [node, field] of fields) {
    const x = given[node];
    const value = plain(x);
    if (document.activeElement !== field || field.settled) field.value = value;
    if (Object.is(field.number, x) && field.ariaValueText === value && field.ariaInvalid === "false") continue;
    field.number = x;
    field.title = repr(x) + (nodes[node].home && !tellsHome(nodes[node]) ? `, in ${nodes[node].home}` : "");
    field.ariaValueNow = field.ariaValueText = value;
    field.ariaInvalid = false;
    field.classList.toggle("changed", !Object.is(x, recorded[node]));
  }
};

// Take other numbers for some leaves: all of them, or none if the graph has no value there.
const take = (numbers) => {
  const before = [...given];
  const ended = at === count() - 1;
  for (const [node, x] of numbers) given[node] = x;
  try {
    compute();
    tellAside("");
  } catch (error) {
    before.forEach((x, node) => (given[node] = x));
    tellAside(error.message);
  }
  fill();
  changed.forEach((listen) => listen(numbers.map(([node]) => node)));
  at = ended ? count() - 1 : Math.min(at, count() - 1); // another choice has other events
  levels[level].refresh();
  levels[level].show(at);
  tell(at);
  clearTimeout(remembering);
  remembering = setTimeout(remember, 300);
};

// --- the address keeps the state: the event, and the numbers that are not the recorded ones ----

let remembering;
const state = () =>
  "#" + [at + 1, ...inputs.filter((node) => !Object.is(given[node], recorded[node])).map((node) => `${encodeURIComponent(nodes[node].name)}=${repr(given[node])}`)].join("&");
const remember = () => {
  try {
    history.replaceState(null, "", state());
  } catch {} // in a notebook's frame there is no address
};
const recall = () => {
  const [place, ...told] = location.hash.slice(1).split("&");
  const numbers = new Map(inputs.map((node) => [node, recorded[node]]));
  const wrong = [];
  for (const one of told) {
    const [name, text = ""] = one.split("=");
    const node = inputs.find((each) => encodeURIComponent(nodes[each].name) === name);
    if (node === undefined) wrong.push(`there is no input “${name}”`);
    else if (misread(text)) wrong.push(`${nodes[node].name}: ${misread(text)}`);
    else numbers.set(node, typed(text));
  }
  take([...numbers]);
  const there = /^[1-9]\d*$/.test(place);
  if (place && !(there && place <= count())) wrong.push(`there is no event “${place}” of ${count()}`);
  go(there ? place - 1 : at);
  if (wrong.length) tellAside(`Wrong in the address: ${wrong.join("; ")}`);
  clearTimeout(remembering);
};

// --- fields ----------------------------------------------------------------------------------

// How many digits a text shows behind the point.
const placesOf = (text) => {
  const [, fraction = "", power = 0] = /^[^.e]*\.?([^e]*)e?(.*)$/.exec(text);
  return fraction.length - power;
};
const stepped = (x, steps, places) => +(x + steps * 10 ** -places).toFixed(clamp(0, places, 100));

// Dragged, a number changes by about a hundredth of its size for each pixel.
const unit = (x) => {
  const power = x && Number.isFinite(x) ? Math.floor(Math.log10(Math.abs(x))) : 0;
  return 10 ** (power >= 0 ? power - 2 : power === -1 ? -2 : power - 1);
};
// A multiple of a step, without the last digits, in which it would be off.
const multiple = (count, step) => +(Math.round(count) * step).toPrecision(12);
// A part of the page that a button opens and closes.
const toggle = (part, button) => {
  $(part).hidden = !$(part).hidden;
  $(button).ariaPressed = !$(part).hidden;
};
const drag = (element, node, { pointerId, clientX: from }) => {
  const start = finite(given[node]);
  const by = unit(start);
  let moved = false;
  const move = ({ clientX, shiftKey }) => {
    const pixels = Math.round(clientX - from);
    if (!moved && Math.abs(pixels) < 3) return;
    if (!moved) {
      moved = true;
      run();
      $("panel").ariaLive = "off"; // it would never come to an end
      element.setPointerCapture(pointerId);
      element.blur();
    }
    const size = shiftKey ? by / 10 : by;
    take([[node, multiple(Math.round(start / size) + pixels, size)]]);
  };
  const end = () => {
    element.removeEventListener("pointermove", move);
    $("panel").ariaLive = "polite";
  };
  element.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) element.addEventListener(kind, end, { once: true });
};

// In the drawing the box of a leaf can be dragged; a finger scrolls there.
view.addEventListener("pointerdown", (event) => {
  const part = event.target.closest(".movable");
  if (!part || event.button || event.pointerType === "touch") return;
  event.preventDefault(); // selects no text
  drag(view, inputOf(drawings[level].boxes[levels[level].parts.indexOf(part)]), event);
});

// Of very many those of the samples and the first parameters; others can be dragged in the drawing.
const LISTS = 400;
for (const node of inputs.slice(0, LISTS)) {
  const label = made("label");
  const field = made("input");
  Object.assign(field, { inputMode: "decimal", autocomplete: "off", spellcheck: false, settled: true });
  field.role = "spinbutton";
  label.append(made("span", nodes[node].name), field);
  $("fields").append(label);
  fields.set(node, field);
  const commit = () => {
    const [x, wrong] = [typed(field.value), misread(field.value)];
    field.ariaInvalid = !!wrong;
    if (!wrong && !Object.is(x, typed(plain(given[node])))) {
      run();
      take([[node, x]]);
    } else tellAside(wrong && `${nodes[node].name} stays ${plain(given[node])}: ${wrong}`);
  };
  let places;
  field.oninput = () => {
    places = undefined;
    field.settled = false;
    commit();
  };
  field.onblur = () => {
    places = undefined;
    field.settled = true;
    fill();
  };
  field.onkeydown = (event) => {
    event.stopPropagation();
    const way = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape" || (event.key === "Enter" && field.ariaInvalid !== "true")) {
      field.settled = true;
      tellAside("");
      fill();
    } else if (way) {
      event.preventDefault();
      field.settled = true;
      const text = field.value.trim().toLowerCase();
      // The last digit stays the one that steps, though 9.9 becomes 10.
      places ??= placesOf(text);
      run();
      if (Number.isFinite(typed(text))) take([[node, stepped(typed(text), way * (event.shiftKey ? 10 : 1), places)]]);
    }
  };
  field.onpointerdown = (event) => {
    if (!event.button && document.activeElement !== field) drag(field, node, event);
  };
}
if (inputs.length > LISTS) {
  $("fields").append(made("small", `${LISTS} of ${grouped(inputs.length)} numbers`));
}

$("reset").onclick = () => take(inputs.map((node) => [node, recorded[node]]));
$("copy").onclick = async () => {
  clearTimeout(remembering);
  remember();
  try {
    await navigator.clipboard.writeText(location.href);
    tellAside("The link is copied", "done");
  } catch {
    tellAside(`Copy this address: ${location.href}`, "done");
  }
};
$("copy").hidden = location.protocol === "about:"; // in a notebook there is no address
$("digits").addEventListener("click", fill);
