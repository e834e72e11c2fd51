
// --- ask by pointing: a box lights its paths to the root, an arrow opens its product ------------

let pointed; // { box } or { edge } of the drawing on the screen, or nothing
let askedNode; // the node that was asked about, which another drawing has somewhere else

// For each edge between nodes its two boxes, and the operand slots that it stands for.
const endsOf = (drawing) => {
  const { homes, ways, tails } = drawing;
  if (!drawing.ends) {
    drawing.ends = [];
    ways.forEach((edges, node) =>
      edges?.forEach((edge, slot) => {
        const parent = nodes[node].operands[slot];
        if (edge === null || typeof parent !== "number") return;
        const tail = tails?.[edge] ?? homes[parent];
        (drawing.ends[edge] ??= { tail, head: homes[node], uses: [] }).uses.push([node, slot]);
      }));
  }
  return drawing.ends;
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
  if (!target && !levels[level].lit) return;
  const { svg, parts, lit } = prepare();
  const { homes, ways, tails = {} } = drawings[level];
  const [edges, boxes] = [new Set(), new Set(around)];
  if (target) "box" in target ? boxes.add(target.box) : edges.add(target.edge);
  for (const { node, slot, parent } of taken) {
    const edge = ways[node]?.[slot];
    if (edge != null) edges.add(edge);
    if (!around.length) boxes.add(homes[node]).add(tails[edge] ?? homes[parent]);
  }
  svg.classList.toggle("asked", !!target && !lightly);
  parts.forEach((part, box) => {
    part.classList.toggle("on", boxes.has(box));
    part.classList.toggle("asked", !lightly && box === target?.box);
  });
  lit.classList.toggle("lightly", lightly);
  const which = [...edges].join();
  if (lit.which !== which) lit.innerHTML = [...edges].map((edge) => `<path d="${wayOf(edge)}"/>`).join("");
  lit.which = which;
};

// The answer stays until something else is pointed at, and follows the numbers.
const ask = (target) => {
  if (pointed && target && pointed.box === target.box && pointed.edge === target.edge) target = undefined;
  pointed = target;
  askedNode = target?.box === undefined ? undefined : nodesOf(target.box)[0];
  repeat();
};
const repeat = () => {
  $("pointed").hidden = !pointed;
  if (!pointed) return light();
  const { way, words: [headline, lines = [], rest = ""] } = answer(pointed);
  light(pointed, { way });
  write("headline", headline);
  write("rest", rest);
  $("flowing").replaceChildren(...lines.map((line) => made("li", line)));
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
  const edge = row < 0 ? element.dataset.edge : drawings[level].labels[row];
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
  element.tabIndex = 0;
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
unfolded.push(() => {
  const box = drawings[level].homes[askedNode];
  pointed = box == null ? undefined : { box };
  repeat();
});
changed.push(() => pointed && repeat());
$("digits").addEventListener("click", () => pointed && repeat());
view.tabIndex = -1; // its boxes take the focus in its place
