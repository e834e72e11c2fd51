// --- the forward and the backward pass, in the order of backward() ------------------------------

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
  moves = pass();
};

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

compute();
