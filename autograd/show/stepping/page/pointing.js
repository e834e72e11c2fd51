
// --- ask by pointing: a box lights its paths to the root, an arrow opens its product ------------

const MOST_PATHS = 6; // that are written out, the largest first
const MOST_STEPS = 7; // of a path that are named
const MOST_ADDED = 4; // contributions of an arrow, and numbers of a group, that are written out
const EXACT_BELOW = 1e15; // above it paths are counted in two digits
let pointed; // { box } or { edge } of the drawing on the screen, or nothing

const figure = (x) => said(x).at(-digits);
const nodesOf = (box) => box.outputs ?? (box.copy === undefined ? [] : [box.copy]);
// A recording has no functions of the ops, and nothing to look up whether they pass back 0 for 0.
const isStrong = (node) => typeof CALCULUS !== "undefined" && CALCULUS[nodes[node].op].strong;
const product = (node, upstream, local) => (upstream === 0 && isStrong(node) ? 0 : upstream * local);
const shorten = (all, most) =>
  all.length > most ? [...all.slice(0, most - 3), `… ${all.length - most + 1} more …`, ...all.slice(-2)] : all;

// The contributions on paths from the root to some nodes, and for each node on them how many paths
// lead to it and the largest of these: found node by node, for there may be 2³⁰⁰ paths.
const pathsTo = (targets) => {
  const steps = moves.filter(({ kind }) => kind === "contribute");
  const leads = new Set(targets);
  for (const { node, parent } of steps.toReversed()) if (leads.has(parent)) leads.add(node);
  const found = new Map(leads.has(ROOT) ? [[ROOT, { count: 1n, best: [{ node: ROOT, product: 1 }] }]] : []);
  const size = ({ product: x }) => (Number.isNaN(x) ? Infinity : Math.abs(x));
  const taken = steps.filter((step) => {
    const { node, slot, parent, local } = step;
    const from = found.get(node);
    if (!from || !leads.has(parent)) return false;
    const to = found.get(parent) ?? { count: 0n, best: [] };
    const more = from.best.map((before) => ({ node: parent, before, slot, local, product: product(node, before.product, local) }));
    const best = [...to.best, ...more].sort((x, y) => size(y) - size(x)).slice(0, MOST_PATHS);
    return found.set(parent, { count: to.count + from.count, best });
  });
  return { taken, found };
};

// --- in words --------------------------------------------------------------------------------

const counting = (count) => {
  const text = String(count);
  if (count < EXACT_BELOW) return grouped(text);
  const [digits, power] = Number(text.slice(0, 16)).toExponential(1).split("e+");
  return `about ${digits}e${+power + Math.max(0, text.length - 16)}`;
};
// Negative numbers in brackets, but for the first.
const chain = (sign, numbers) =>
  shorten(numbers.map((x, i) => (i && x < 0 ? `(${figure(x)})` : figure(x))), MOST_STEPS).join(sign);
// Which of its uses an operand is, as in x·x; nothing where it is the only one.
const useOf = ({ before, node, slot }) => {
  const slots = moves.filter((move) => move.node === before.node && move.parent === node).map((move) => move.slot);
  return slots.length > 1 ? `⁽${[...String(slots.indexOf(slot) + 1)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}⁾` : "";
};
const ofPath = (path) => {
  const [names, locals] = [[], []];
  for (let one = path; one; one = one.before) {
    names.unshift(nodes[one.node].name + (one.before ? useOf(one) : ""));
    if (one.before) locals.unshift(one.local);
  }
  const factors = locals.length > 1 ? `${chain(" × ", locals)} = ` : "";
  return `${shorten(names, MOST_STEPS).join(" ← ")}:  ${factors}${figure(path.product)}`;
};
const paths = (count) => (count === 1n ? "1 path leads" : `${counting(count)} paths lead`);
const listing = (lines) => (lines.length > MOST_ADDED ? [...lines.slice(0, MOST_ADDED), `… and ${grouped(lines.length - MOST_ADDED)} more`] : lines);
const gradOf = (node) => moves.find((move) => move.kind === "final" && move.node === node)?.grad ?? 0;

// What is said of a node: a headline, its paths, and what they come to.
const ofNode = (node, { found }) => {
  const { name } = nodes[node];
  const { count, best } = found.get(node) ?? {};
  if (isConstant(node)) return [`${name} is a constant: it gets no gradient`];
  if (!count) return [`No path leads from ${root} back to ${name} along which anything flows: its gradient is 0`];
  if (node === ROOT) return [`∂${root}/∂${root} = 1: ${root} itself, with no edge on the way`];
  const seed = float(graph.seed);
  const grad = gradOf(node) / seed;
  const all = count <= best.length;
  const total = best.reduce((sum, path) => sum + path.product, 0);
  const terms = chain(" + ", best.map(({ product }) => product));
  let sum = all && count > 1 ? `Their sum: ${terms} = ${figure(total)}` : count > 1 ? `All ${counting(count)} add up to ${figure(grad)}` : "";
  if (all && decimal(total) !== decimal(grad)) sum += `; node by node, as backward() adds, ${figure(grad)}`;
  if (seed !== 1) sum += `${sum && "; "}times the seed ${figure(seed)}, ${name}.grad = ${figure(grad * seed)}`;
  const headline = `∂${root}/∂${name}: ${paths(count)} from ${root} back to ${name}`;
  return [all ? headline : `${headline}, the largest ${best.length}:`, best.map(ofPath), sum];
};
const ofBox = (box) => {
  const targets = nodesOf(drawings[level].boxes[box]);
  const way = pathsTo(targets);
  if (targets.length < 2) return { way, words: targets.length ? ofNode(targets[0], way) : ["A plain number: it gets no gradient"] };
  // Of several numbers of a group no path is written out.
  const lines = targets.map((node) => `${nodes[node].name}: ${paths(way.found.get(node)?.count ?? 0n)} back to it, gradient ${figure(gradOf(node))}`);
  return { way, words: [`${targets.length} numbers leave this box`, listing(lines)] };
};

// What flows back along an arrow, contribution by contribution.
const ofEdge = (edge) => {
  const { tail, head, uses } = endsOf(drawings[level])[edge];
  const steps = uses.flatMap(([node, slot]) => moves.find((move) => move.kind === "contribute" && move.node === node && move.slot === slot) ?? []);
  const way = { taken: steps, boxes: [tail, head] };
  const lines = steps.map(({ node, parent, upstream, local, contribution }) => {
    const [by, to] = [nodes[node].name, nodes[parent].name];
    return `∂${root}/∂${by} × ∂${by}/∂${to} = ${chain(" × ", [upstream, local])} = ${figure(contribution)}`;
  });
  const [{ node, parent, contribution, uses: all } = {}] = steps;
  if (steps.length !== 1) return { way, words: [steps.length ? `${grouped(steps.length)} contributions flow back along this arrow` : "Nothing flows back along this arrow", listing(lines)] };
  const to = `${nodes[parent].name}.grad`;
  const rest = all > 1 ? `With the other uses it comes to ${to} = ${figure(gradOf(parent))}` : "";
  return { way, words: [`${nodes[node].name} adds ${figure(contribution)} to ${to}: upstream × local derivative`, lines, rest] };
};

// --- on the drawing --------------------------------------------------------------------------

// For each edge between nodes its two boxes, and the operand slots that it stands for.
const ends = new WeakMap();
const endsOf = (drawing) => {
  const { homes, ways, boxes } = drawing;
  if (!ends.has(drawing)) {
    const found = [];
    ways.forEach((edges, node) =>
      edges?.forEach((edge, slot) => {
        const parent = nodes[node].operands[slot];
        if (edge === null || typeof parent !== "number") return;
        const tail = drawing.tails?.[edge] ?? homes[parent];
        (found[edge] ??= { tail, head: homes[node], uses: [] }).uses.push([node, slot]);
      }));
    ends.set(drawing, found);
  }
  return ends.get(drawing);
};

const wayOf = (edge) => [drawings[level].edges[edge]].flat().slice(1).join("") + levels[level].lines[edge].getAttribute("d");
const layer = (name, svg) => {
  const edges = svg.querySelector(".edges") ?? svg.firstElementChild.lastChild;
  const made = edges.cloneNode();
  made.setAttribute("class", name);
  edges.after(made);
  return made;
};

// A drawing gets a layer for the lit paths, and one of wide unseen ways to point at, once they are needed.
const prepare = () => {
  const one = levels[level];
  if (one.lit) return one;
  one.lines = one.svg.querySelector(".edges")?.children ?? [];
  one.labels = [...one.svg.querySelectorAll(".locals text")];
  one.lit = layer("lit", one.svg);
  one.parts.forEach((part, box) => {
    part.classList.add("box");
    part.setAttribute("tabindex", box === one.parts.length - 1 ? 0 : -1);
    part.setAttribute("role", "button");
  });
  view.tabIndex = -1; // its boxes take the focus in its place
  return one;
};
const reach = () => {
  const one = prepare();
  if (one.hits) return one;
  one.hits = layer("hits", one.svg);
  one.hits.innerHTML = endsOf(drawings[level]).reduce((all, _, edge) => `${all}<path data-edge=${edge} d="${wayOf(edge)}" tabindex=-1 role=button />`, "");
  return one;
};
const elementOf = ({ box, edge }) => (box === undefined ? reach().hits.querySelector(`[data-edge="${edge}"]`) : levels[level].parts[box]);

const answer = (target) => (target.box === undefined ? ofEdge(target.edge) : ofBox(target.box));
const light = (target, { way: { taken = [], boxes: around = [] } = {}, lightly = false } = {}) => {
  const { svg, parts, lit } = prepare();
  const { homes, ways } = drawings[level];
  const [edges, boxes] = [new Set(), new Set(around)];
  if (target) "box" in target ? boxes.add(target.box) : edges.add(target.edge);
  for (const { node, slot, parent } of taken) {
    if (ways[node]?.[slot] != null) edges.add(ways[node][slot]);
    if (!around.length) boxes.add(homes[node]).add(homes[parent]);
  }
  svg.classList.toggle("asked", !!target && !lightly);
  parts.forEach((part, box) => {
    part.classList.toggle("on", boxes.has(box));
    part.classList.toggle("asked", !lightly && box === target?.box);
  });
  lit.classList.toggle("lightly", lightly);
  lit.innerHTML = [...edges].map((edge) => `<path d="${wayOf(edge)}"/>`).join("");
};

// The answer stays until something else is pointed at, and follows the numbers.
const ask = (target) => {
  if (pointed && target && pointed.box === target.box && pointed.edge === target.edge) target = undefined;
  pointed = target;
  repeat();
};
const repeat = () => {
  $("pointed").hidden = !pointed;
  if (!pointed) return light();
  const { way, words: [headline, lines = [], rest = ""] } = answer(pointed);
  light(pointed, { way });
  write("headline", headline);
  write("rest", rest);
  $("lines").replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
};
const hint = (target) => {
  if (pointed) return;
  light(target, target && { way: answer(target).way, lightly: true });
};

// What an element of the drawing stands for.
const meant = (element) => {
  const { parts, labels = [] } = prepare();
  const box = parts.indexOf(element.closest(".box"));
  if (box >= 0) return { box };
  const row = labels.indexOf(element.closest(".locals text"));
  const { labels: rows } = drawings[level];
  const edge = row < 0 ? element.dataset.edge : Object.keys(rows).find((one) => rows[one] === row);
  return edge !== undefined && endsOf(drawings[level])[edge] ? { edge: +edge } : undefined;
};

let pressed; // where the pointer went down: a drag is no question
view.addEventListener("pointerdown", ({ clientX, clientY }) => (pressed = [clientX, clientY]));
// What is clicked takes no focus, so that the arrow keys go on stepping.
view.addEventListener("mousedown", (event) => meant(event.target) && event.preventDefault());
view.addEventListener("click", ({ target, clientX, clientY, detail }) => {
  const [x, y] = pressed ?? [clientX, clientY];
  if (!detail || Math.hypot(clientX - x, clientY - y) < 3) ask(meant(target));
});
let hinted;
view.addEventListener("pointerover", ({ target, pointerType, buttons }) => {
  if (pointerType === "touch" || buttons) return;
  reach();
  const next = meant(target);
  if (next?.box === hinted?.box && next?.edge === hinted?.edge) return;
  hinted = next;
  hint(next);
});
view.addEventListener("pointerleave", () => hint((hinted = undefined)));

// --- by keyboard: the drawing is one stop of the Tab key, and arrows walk along its edges -------

// Along the edges from a box to an arrow and on to the box behind it; aside to what is beside it.
let ahead = true; // whether the last walk went towards the root
const towards = ({ box, edge }, way) => {
  const edges = endsOf(drawings[level]);
  const along = Math.abs(way) > 1;
  if (along) ahead = way > 0;
  const [near, far] = ahead ? ["tail", "head"] : ["head", "tail"];
  if (edge !== undefined && along) return { box: edges[edge][far] };
  if (edge !== undefined || along) {
    const all = Object.keys(edges).filter((one) => edges[one][near] === (box ?? edges[edge][near])).map(Number);
    const next = edge === undefined ? all[0] : all[(all.indexOf(edge) + way + all.length) % all.length];
    return next === undefined ? undefined : { edge: next };
  }
  // The nearest box on that side, rather in the same column than near.
  const middles = levels[level].parts.map((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    return drawings[level].down ? [top + bottom, left + right] : [left + right, top + bottom];
  });
  const away = ([x, y]) => (way * (y - middles[box][1]) > 1 ? way * (y - middles[box][1]) + 3 * Math.abs(x - middles[box][0]) : Infinity);
  const nearest = middles.map(away).reduce((best, far, one, all) => (far < (all[best] ?? Infinity) ? one : best), -1);
  return nearest < 0 ? undefined : { box: nearest };
};
const WAYS = [["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]];

const focusOn = (target) => {
  const element = elementOf(target);
  if (target.edge !== undefined) {
    const { words: [headline, lines = []] } = answer(target);
    element.ariaLabel = [headline, ...lines].join(": ");
  }
  view.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
  element.setAttribute("tabindex", 0);
  element.focus({ preventScroll: true });
  centre(element);
};
view.addEventListener("focusin", ({ target }) => target !== view && hint(meant(target)));
view.addEventListener("focusout", () => hint());
view.addEventListener("keydown", (event) => {
  const { key, target, shiftKey, ctrlKey, altKey, metaKey } = event;
  const from = target === view ? undefined : meant(target);
  if (!from || shiftKey || ctrlKey || altKey || metaKey) return;
  const way = [-2, 2, -1, 1][WAYS[drawings[level].down ? 1 : 0].indexOf(key)];
  const to = way && towards(from, way);
  if (to) focusOn(to);
  if (key === "Enter" || key === " ") ask(from);
  if (!way && key !== "Enter" && key !== " ") return;
  event.preventDefault();
  event.stopPropagation();
});
// The answer takes room from the drawing: what was asked stays in view.
new ResizeObserver(() => pointed && centre(elementOf(pointed))).observe(view);
addEventListener("keydown", ({ key }) => key === "Escape" && pointed && ask());
$("unasked").onclick = () => ask();

// Another drawing: what is asked of goes on to its box there, if it has one.
let drawn_ = level;
listeners.push(() => {
  if (drawn_ === level) return;
  const node = pointed?.box === undefined ? undefined : nodesOf(drawings[drawn_].boxes[pointed.box])[0];
  drawn_ = level;
  prepare();
  const box = drawings[level].homes[node];
  pointed = box == null ? undefined : { box };
  repeat();
});
changed.push(() => pointed && repeat());
$("digits").addEventListener("click", () => pointed && repeat());
prepare();
