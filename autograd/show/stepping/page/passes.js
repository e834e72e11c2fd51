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
  ({ events: unfaulty, gradients: right } = passOf(""));
  moves = [...(fault ? withFlaws(passOf(fault).events, right) : unfaulty), ...updates()];
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

// The events of a pass, and the gradients that they end with. A right one is as layers.py has it: the nodes
// pass their gradients on by their distance from the root, and what has arrived at a node is added in the
// order of backward(). One with a mistake, which is given by its name, is as teach/mistakes.py has it.
const passOf = (name) => {
  const { order, ways, uses, depth } = reached();
  const [events, terms] = [firsts(), []];
  let [gradients, arrived] = [[], []];
  const seed = () => {
    arrived = [];
    gradients[ROOT] = float(graph.seed);
    events.push({ kind: "seed", node: ROOT, grad: gradients[ROOT] });
  };
  const final = (node) => events.push({ kind: "final", node, grad: gradients[node] });
  const sum = (parent, old, contribution, place) => {
    const there = (terms[parent] ??= []);
    const isLast = place >= there.length;
    if (place !== undefined) there[place] = contribution;
    if (old === undefined || name === "assign") return contribution;
    // Others that are still to come may leave gaps, which are passed over.
    return name || isLast ? old + contribution : there.reduce((sum, x) => sum + x);
  };
  const give = (node, [slot, parent, place]) => {
    const [upstream, local, old] = [gradients[node], locals[node][slot], gradients[parent]];
    const contribution = product(node, upstream, local);
    const use = (arrived[parent] = (arrived[parent] ?? 0) + 1);
    const after = (gradients[parent] = sum(parent, old, contribution, place));
    const before = old ?? startOf(contribution);
    events.push({ kind: "contribute", node, slot, parent, upstream, local, contribution, before, after, use, uses: Math.max(use, uses[parent] ?? 0) });
  };
  const sweep = () => {
    seed();
    for (const node of order) {
      final(node);
      const parents = new Set();
      for (const way of ways[node]) {
        if (name !== "parent_set" || !parents.has(way[1])) give(node, way);
        parents.add(way[1]);
      }
    }
  };
  const walk = () => {
    seed();
    const [waiting, visited] = [[ROOT], new Set()];
    while (waiting.length) {
      const node = waiting.pop();
      if (visited.has(node)) continue;
      visited.add(node);
      final(node);
      for (const way of ways[node]) give(node, way);
      waiting.push(...ways[node].map(([, parent]) => parent).reverse());
    }
  };
  if (isConstant(ROOT)) return { events, gradients };
  if (!name) order.sort((x, y) => depth[x] - depth[y]);
  if (name === "no_topological_order") walk();
  else sweep();
  if (name === "no_zero_grad") {
    gradients = gradients.map((x, node) => (nodes[node].op === undefined ? x : undefined));
    sweep();
  }
  return { events, gradients };
};
