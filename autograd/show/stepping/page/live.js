// A live graph: its numbers are worked out here, in the order of Python's backward(). What there is to
// say of it is in the element "script" (live.py says how), and CALCULUS has the functions of its ops.

const $ = (id) => document.getElementById(id);
const { graph, words, drawings, first } = JSON.parse($("script").textContent);
const { nodes } = graph;
const ROOT = nodes.length - 1;
const LISTED = 3; // numbers of a group that are shown one by one
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED] = words;

const isConstant = (x) => nodes[x].kind === "constant";

// --- the forward and the backward pass -------------------------------------------------------

let data, locals, moves;
const given = nodes.map((node) => float(node.data)); // of the leaves, and may be changed

// The leaves that can be changed, parameters last; a constant without label goes by its number, which stays.
const inputs = nodes
  .flatMap(({ op, kind, label }, node) => (op === undefined && (kind !== "constant" || label) ? [node] : []))
  .sort((x, y) => (nodes[x].kind === "parameter") - (nodes[y].kind === "parameter"));
// The input that a box is of, if it is of one.
const inputOf = ({ group, outputs = [] }) => (group || !inputs.includes(outputs[0]) ? undefined : outputs[0]);

const forward = (leaves) => {
  const [found, slopes] = [[], []];
  nodes.forEach(({ op, operands }, node) => {
    if (op === undefined) return found.push(leaves[node]);
    const xs = operands.map((x) => (typeof x === "number" ? found[x] : float(x.number)));
    found.push(CALCULUS[op].value(...xs));
    slopes[node] = () => CALCULUS[op].locals(...xs, found[node]);
  });
  return { found, slopes };
};
const compute = () => {
  const { found, slopes } = forward(given);
  [data, locals] = [found, slopes.map((slope) => slope())];
  moves = [...pass(), ...updates()];
};
let updates = () => []; // of a training, what comes after the pass

// The slots of a node that a gradient flows back through.
const flows = (node) =>
  (nodes[node].operands ?? []).flatMap((parent, slot) =>
    typeof parent === "number" && locals[node][slot] !== null && !isConstant(parent) ? [[slot, parent]] : []);

// The events, as reverse_mode.py has them.
const pass = () => {
  const found = nodes.map((_, node) => ({ kind: "forward", node }));
  if (isConstant(ROOT)) return found;
  const uses = [];
  uses[ROOT] = 0;
  const ways = [];
  for (let node = ROOT; node >= 0; node--) {
    if (uses[node] === undefined) continue;
    ways[node] = flows(node);
    for (const [, parent] of ways[node]) uses[parent] = (uses[parent] ?? 0) + 1;
  }
  const [gradients, arrived] = [[], []];
  gradients[ROOT] = float(graph.seed);
  found.push({ kind: "seed", node: ROOT, grad: gradients[ROOT] });
  for (let node = ROOT; node >= 0; node--) {
    if (uses[node] === undefined) continue;
    const upstream = gradients[node];
    found.push({ kind: "final", node, grad: upstream });
    for (const [slot, parent] of ways[node]) {
      const local = locals[node][slot];
      // A strong op passes back 0 for 0, and starting from the first: 0 + -0 would be 0.
      const contribution = CALCULUS[nodes[node].op].strong && upstream === 0 ? 0 : upstream * local;
      const use = (arrived[parent] = (arrived[parent] ?? 0) + 1);
      const [before, after] = use > 1 ? [gradients[parent], gradients[parent] + contribution] : [0, contribution];
      gradients[parent] = after;
      found.push({ kind: "contribute", node, slot, parent, upstream, local, contribution, before, after, use, uses: uses[parent] });
    }
  }
  return found;
};

// --- what is said of an event ----------------------------------------------------------------

const root = nodes[ROOT].name;
const backward = isConstant(ROOT) ? null : nodes.length;
const count = () => moves.length;

const eventAt = (place) => {
  const { kind, node, slot, grad, upstream, local, contribution, before, after, told: update } = moves[place];
  if (update) return update;
  const { forward, final, edges, op } = nodes[node];
  if (kind === "forward") return [[...forward, data[node]], op === undefined ? GIVEN : COMPUTED];
  if (kind === "seed") return [[...graph.start, grad], SEED];
  if (kind === "final") return [[...final, grad], FINAL];
  const told = edges[slot];
  return [told.sentence, told.rule, told.local === decimal(local) ? NOTHING : told.local, upstream, local, contribution, before, after];
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
  const [numbers, known, grads, status] = [[...data], [], [], []];
  const [begun, done, members] = [[], [], []];
  const more = (counts, box) => (counts[box] = (counts[box] ?? 0) + 1);
  moves.forEach(({ kind, node, parent, grad, after, use, uses, to }, place) => {
    if (kind === "final") more(members, homes[node]);
    if (place > last) return;
    if (kind === "forward") return (known[node] = true);
    if (kind === "update") return (numbers[node] = to);
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
    const said = [listed(outputs.map((x) => (known[x] ? numbers[x] : undefined))), listed(outputs.map((x) => grads[x])), how];
    if (weights) said.push(weights.every((x) => known[x]) ? ofWeights(weights, numbers) : NOTHING);
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
const ofWeights = (weights, numbers) =>
  weights.length > LISTED
    ? `parameters ${summed(weights.map((x) => numbers[x]))}`
    : weights.map((x) => `${nodes[x].label ?? ""} ${decimal(numbers[x])}`.trim()).join(", ");

compute();
