// --- the forward and the backward pass: the sums are those of backward() ----------------------

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
let fault = ""; // the mistake that the pass makes, by its name, if it makes one
let right, unfaulty; // the gradients, and the events, of a pass without
const compute = () => {
  const { found, slopes } = forward(given);
  [data, locals] = [found, slopes.map((slope) => slope())];
  unfaulty = pass();
  right = gradientsOf(unfaulty);
  moves = [...(fault ? withFlaws(faulty(fault).events, right) : unfaulty), ...updates()];
};
let updates = () => []; // of a training, what comes after the pass

// What the first contribution is added to: 0 + -0 would be 0.
const startOf = (first) => (first === 0 ? first : 0);

// The slots of a node that a gradient flows back through.
const flows = (node) =>
  (nodes[node].operands ?? []).flatMap((parent, slot) =>
    typeof parent === "number" && locals[node][slot] !== null && !isConstant(parent) ? [[slot, parent]] : []);

// The nodes that a gradient reaches, the root first, and for each the edges that it passes its gradient on
// by: slot, parent, and the place among all that the parent gets, in the order of backward().
const reached = () => {
  const [order, ways, uses, depth] = [[], [], [], []];
  [uses[ROOT], depth[ROOT]] = [0, 0];
  for (let node = ROOT; node >= 0; node--) {
    if (uses[node] === undefined) continue;
    order.push(node);
    ways[node] = flows(node).map(([slot, parent]) => {
      depth[parent] = Math.max(depth[parent] ?? 0, depth[node] + 1);
      const place = uses[parent] ?? 0;
      uses[parent] = place + 1;
      return [slot, parent, place];
    });
  }
  return { order, ways, uses, depth };
};

// A strong op passes back 0 for 0. A recording has no functions of the ops, and nothing to look that up.
const isStrong = (node) => typeof CALCULUS !== "undefined" && CALCULUS[nodes[node].op].strong;
const product = (node, upstream, local) => (upstream === 0 && isStrong(node) ? 0 : upstream * local);

// The events of the forward pass: several leaves are given at once, before anything is computed.
const firsts = () => {
  const others = [...nodes.keys()].filter((node) => nodes[node].op !== undefined);
  const each = (some) => some.map((node) => ({ kind: "forward", node }));
  return [...(leaves.length > 1 ? [{ kind: "given", nodes: leaves }] : each(leaves)), ...each(others)];
};

// The events, as layers.py has them: the nodes pass their gradients on by their distance from the root, and
// what has arrived at a node is added in the order of backward().
const pass = () => {
  const found = firsts();
  if (isConstant(ROOT)) return found;
  const { order, ways, uses, depth } = reached();
  const [gradients, arrived, terms] = [[], [], []];
  gradients[ROOT] = float(graph.seed);
  found.push({ kind: "seed", node: ROOT, grad: gradients[ROOT] });
  for (const node of order.sort((x, y) => depth[x] - depth[y])) {
    const upstream = gradients[node];
    found.push({ kind: "final", node, grad: upstream });
    for (const [slot, parent, place] of ways[node]) {
      const local = locals[node][slot];
      const contribution = product(node, upstream, local);
      const use = (arrived[parent] = (arrived[parent] ?? 0) + 1);
      const before = gradients[parent] ?? startOf(contribution);
      const there = (terms[parent] ??= []);
      const isLast = place >= there.length;
      there[place] = contribution;
      // The others may leave gaps, which are passed over.
      const after = use === 1 ? contribution : isLast ? before + contribution : there.reduce((sum, x) => sum + x);
      gradients[parent] = after;
      found.push({ kind: "contribute", node, slot, parent, upstream, local, contribution, before, after, use, uses: uses[parent] });
    }
  }
  return found;
};
