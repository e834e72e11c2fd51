// A live graph: what is said of it, with the numbers that passes.js works out. What there is to
// say of it is in the element "script" (live.py says how), and CALCULUS has the functions of its ops.

const $ = (id) => document.getElementById(id);
const { graph, words, drawings, first } = JSON.parse($("script").textContent);
const { nodes } = graph;
const ROOT = nodes.length - 1;
const ABOUT = "≈"; // equal but for rounding
const LISTED = 3; // numbers of a group that are shown one by one
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED] = words;

// JSON has no nan and no inf: they come as texts.
const float = (x) => (typeof x === "number" ? x : { nan: NaN, inf: Infinity, "-inf": -Infinity }[x]);
const isConstant = (x) => nodes[x].kind === "constant";

// --- numbers as Python writes them -----------------------------------------------------------

// 4 digits; halves go to even, and JavaScript's away from 0.
const rounded = (x) => {
  const tie = /^(-?\d\.\d\d[02468])50*e(.*)/.exec(x.toExponential(60));
  return tie ? `${tie[1]}e${tie[2]}` : x.toExponential(3);
};
const decimal = (x) => {
  let text = Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (Number.isFinite(x)) {
    const [digits, power] = (Math.abs(x) < 10_000 && Number.isInteger(x) ? x.toExponential() : rounded(x)).split("e");
    text = power < -4 || power > 3 ? `${+digits}e${+power}` : String(+`${digits}e${power}`);
    if (Object.is(x, -0)) text = "-0";
  }
  return text.replaceAll("-", "−");
};
const repr = (x) => {
  if (!Number.isFinite(x)) return decimal(x).replace("−", "-");
  const [digits, power] = x.toExponential().split("e");
  if (power < -4 || power > 15) return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  // JavaScript writes 0.00001 so, but no less; what is left here has neither of the two.
  return (Object.is(x, -0) ? "-0" : String(x)) + (Number.isInteger(x) ? ".0" : "");
};

const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

// A text is a number or a string: as shown, and, where that is more, exactly.
const said = (text) => {
  if (typeof text !== "number") return [text];
  const [short, exact] = [decimal(text), repr(text)];
  return short.replace("−", "-") === exact.replace(/\.0$/, "") ? [short] : [short, exact];
};

// --- the numbers of the graph; passes.js works them out ---------------------------------------

let data, locals, moves;
const given = nodes.map((node) => float(node.data)); // of the leaves, and may be changed

// The leaves that can be changed, parameters last; a constant without label goes by its number, which stays.
const inputs = nodes
  .flatMap(({ op, kind, label }, node) => (op === undefined && (kind !== "constant" || label) ? [node] : []))
  .sort((x, y) => (nodes[x].kind === "parameter") - (nodes[y].kind === "parameter"));
// The input that a box is of, if it is of one.
const inputOf = ({ group, outputs = [] }) => (group || !inputs.includes(outputs[0]) ? undefined : outputs[0]);

// --- what is said of an event ----------------------------------------------------------------

const root = nodes[ROOT].name;
const backward = isConstant(ROOT) ? null : nodes.length;
const count = () => moves.length;

const eventAt = (place) => {
  const { kind, node, slot, grad, upstream, local, contribution, before, after, use } = moves[place];
  const { forward, final, edges, op } = nodes[node];
  if (kind === "forward") return [[...forward, data[node]], op === undefined ? GIVEN : COMPUTED];
  if (kind === "seed") return [[...graph.start, grad], SEED];
  if (kind === "final") return [[...final, grad], FINAL];
  const told = edges[slot];
  const isSum = use === 1 || Object.is(before + contribution, after);
  const about = isSum ? [] : [EQUAL, ABOUT]; // what came earlier is added later
  return [told.sentence, told.rule, told.local === decimal(local) ? NOTHING : told.local, upstream, local, contribution, before, after, ...about];
};

const marksAt = ({ homes, ways }, place) => {
  const { node, parent, slot } = moves[place];
  const [box, other] = [homes[node], homes[parent]];
  if (parent === undefined) return [box];
  return box === other ? [box, -1, -1] : [box, other, ways[node]?.[slot] ?? -1];
};

// The module calls that contain the nodes of an event, if a drawing has folded them.
const insideAt = ({ boxes, homes }, place) => {
  const { node, parent } = moves[place];
  const found = [node, parent].filter((x) => x !== undefined && boxes[homes[x]]?.group && nodes[x].home);
  return found.length ? ` (${found.map((x) => `${nodes[x].name} in ${nodes[x].home}`).join(", ")})` : NOTHING;
};

// --- what a drawing says after some events: animate.py does it for pictures --------------------

const rowsAt = (drawing, last) => {
  const { boxes, homes, labels } = drawing;
  const [known, grads, status] = [[], [], []];
  const [begun, done, members] = [[], [], []];
  const more = (counts, box) => (counts[box] = (counts[box] ?? 0) + 1);
  moves.forEach(({ kind, node, parent, grad, after, use, uses }, place) => {
    if (kind === "final") more(members, homes[node]);
    if (place > last) return;
    if (kind === "forward") return (known[node] = true);
    const target = kind === "contribute" ? parent : node;
    if (grads[target] === undefined) more(begun, homes[target]);
    const isFinal = kind === "final" || (kind === "contribute" && use === uses);
    if (isFinal && status[target] !== FINAL) more(done, homes[target]);
    grads[target] = after ?? grad;
    status[target] = kind === "seed" ? SEED : isFinal ? FINAL : `${use} of ${grouped(uses)} uses`;
  });
  const says = new Map();
  boxes.forEach(({ rows, group, outputs, weights }, box) => {
    if (!outputs) return;
    const how = group ? groupStatus(begun[box], done[box], members[box]) : (status[outputs[0]] ?? NOTHING);
    const said = [listed(outputs.map((x) => (known[x] ? data[x] : undefined))), listed(outputs.map((x) => grads[x])), how];
    if (weights) said.push(weights.every((x) => known[x]) ? ofWeights(weights) : NOTHING);
    said.slice(0, rows).forEach((text, row) => says.set(4 * box + row, text));
  });
  for (const [edge, slots] of labelled(drawing)) {
    if (slots.some(([node]) => known[node])) says.set(4 * boxes.length + labels[edge], slopes(slots));
  }
  return says;
};

// For each edge with a label the operand slots that it leads to.
const slotsOf = new WeakMap();
const labelled = (drawing) => {
  if (!slotsOf.has(drawing)) {
    const found = new Map();
    drawing.ways.forEach((edges, node) =>
      edges?.forEach((edge, slot) => {
        if (drawing.labels[edge] !== undefined) found.set(edge, [...(found.get(edge) ?? []), [node, slot]]);
      }));
    slotsOf.set(drawing, found);
  }
  return slotsOf.get(drawing);
};

// What an edge says: a dash, where nothing flows back.
const slope = (node, slot) => {
  const [local, operand] = [locals[node][slot], nodes[node].operands[slot]];
  const constant = typeof operand !== "number" || isConstant(operand);
  return local === null || (constant && Number.isNaN(local)) ? DASH : local;
};

const slopes = (slots) => {
  const [first, ...others] = slots.map((slot) => slope(...slot));
  if (!others.length) return first;
  const text = first === DASH ? DASH : decimal(first);
  return others.every((one) => (one === DASH ? DASH : decimal(one)) === text) ? `${text} (${slots.length})` : NOTHING;
};

// Of each edge with a label, whether nothing flows back along it.
const idleAt = (drawing) => [...labelled(drawing)].map(([edge, slots]) => [edge, slots.every((slot) => slope(...slot) === DASH)]);

const groupStatus = (begun, done = 0, members = 0) =>
  !begun ? NOTHING : done === members ? FINAL : `${done} of ${members} final`;

// Numbers in one text, as soon as all of them are known.
const listed = (numbers) => {
  const there = numbers.filter((x) => x !== undefined);
  if (!there.length) return DASH;
  if (numbers.length === 1) return there[0];
  if (there.length < numbers.length && numbers.length > LISTED) return `${there.length} of ${numbers.length}`;
  const shown = numbers.map((x) => (x === undefined ? DASH : decimal(x)));
  return there.length < numbers.length ? [...new Set(shown)].join(", ") : summed(there, shown);
};
const summed = (numbers, shown = numbers.map(decimal)) => {
  if (numbers.length <= LISTED) return shown.join(", ");
  if (numbers.some(Number.isNaN)) return `nan among ${numbers.length}`;
  return `${decimal(Math.min(...numbers))} … ${decimal(Math.max(...numbers))} (${numbers.length})`;
};
const ofWeights = (weights) =>
  weights.length > LISTED
    ? `parameters ${summed(weights.map((x) => data[x]))}`
    : weights.map((x) => `${nodes[x].label ?? ""} ${decimal(data[x])}`.trim()).join(", ");
