// The graph of the page, with the numbers of its leaves. What there is to say of it is in the element
// "script" (web_page.py says how). A live graph is worked out here, in the order of Python's backward(),
// with the functions of its ops in CALCULUS; a recording comes with its events and local derivatives.

const $ = (id) => document.getElementById(id);
const { graph, words, drawings, first, recording } = JSON.parse($("script").textContent);
const { nodes } = graph;
const ROOT = nodes.length - 1;
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED] = words;

const isConstant = (x) => nodes[x].kind === "constant";

// --- the forward and the backward pass -------------------------------------------------------

let data, locals, moves;
const given = nodes.map((node) => float(node.data)); // of the leaves, and may be changed

// The leaves that can be changed, parameters last; a constant without label goes by its number, which stays.
const inputs = nodes
  .flatMap(({ op, kind, label }, node) => (!recording && op === undefined && (kind !== "constant" || label) ? [node] : []))
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
