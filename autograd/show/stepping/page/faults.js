
// --- the backward pass with a famous mistake, in the order of teach/mistakes.py ----------------

// The events, each with the mistake in it as flaws.py says it, and the gradients that they end with.
const faulty = (name) => {
  const { uses } = reached();
  const found = firsts();
  let [gradients, arrived] = [[], []];
  const seed = () => {
    arrived = [];
    gradients[ROOT] = float(graph.seed);
    found.push({ kind: "seed", node: ROOT, grad: gradients[ROOT] });
  };
  const final = (node) => found.push({ kind: "final", node, grad: gradients[node] });
  const give = (node, slot, parent) => {
    const [upstream, local, old] = [gradients[node], locals[node][slot], gradients[parent]];
    const contribution = product(node, upstream, local);
    const use = (arrived[parent] = (arrived[parent] ?? 0) + 1);
    const after = old === undefined || name === "assign" ? contribution : old + contribution;
    gradients[parent] = after;
    found.push({ kind: "contribute", node, slot, parent, upstream, local, contribution, before: old ?? startOf(contribution), after, use, uses: Math.max(use, uses[parent] ?? 0) });
  };
  const sweep = () => {
    seed();
    for (let node = ROOT; node >= 0; node--) {
      if (gradients[node] === undefined) continue;
      final(node);
      const parents = new Set();
      for (const [slot, parent] of flows(node)) {
        if (name !== "parent_set" || !parents.has(parent)) give(node, slot, parent);
        parents.add(parent);
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
      const edges = flows(node);
      for (const [slot, parent] of edges) give(node, slot, parent);
      waiting.push(...edges.map(([, parent]) => parent).reverse());
    }
  };
  if (isConstant(ROOT)) return { events: found, gradients };
  if (name === "no_topological_order") walk();
  else sweep();
  if (name === "no_zero_grad") {
    gradients = gradients.map((x, node) => (nodes[node].op === undefined ? x : undefined));
    sweep();
  }
  return { events: found, gradients };
};

// Equal but for rounding.
const isAlike = (x, y) => Object.is(x, y) || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));

// The gradients of a right pass, by their nodes.
const gradientsOf = (events) => {
  const found = [];
  for (const { kind, node, grad } of events) if (kind === "final") found[node] = grad;
  return found;
};

// The same events, each with the mistake in it.
const withFlaws = (events, right) => {
  const [uses, toCome] = [[], []];
  for (const { kind, parent, uses: all } of events) {
    if (kind === "contribute") [uses[parent], toCome[parent]] = [all, (toCome[parent] ?? 0) + 1];
  }
  let [arrived, passed] = [[], []];
  const off = ({ node, grad }) => (isAlike(right[node] ?? grad, grad) ? undefined : `${decimal(right[node])} is right`);
  const unfinished = (event) => {
    const { node } = event;
    const [come, all] = [arrived[node] ?? 0, uses[node] ?? 0];
    if (come >= all) return undefined;
    const [word, rest] = [toCome[node] ? "too early" : "incomplete", off(event)];
    return { word, text: `${word}: only ${came(come, all)} contributed${rest ? `; ${rest}` : ""}` };
  };
  const added = ({ contribution, before, after, parent, use }) => {
    const total = before + contribution;
    if (!Object.is(total, after) && (before !== 0 || contribution !== after)) {
      const text = `overwritten: ${decimal(before)} is lost; before + contribution is ${decimal(total)}`;
      return { word: "overwritten", text, signs: ["=", EQUAL, "≠"] };
    }
    const signs = [ADDS, EQUAL, EQUAL];
    if (passed[parent]) return { word: "too late", text: `too late: ${nodes[parent].name} has passed its gradient on already`, signs };
    if (use === 1 && before !== 0) return { word: "not zeroed", text: `not zeroed: ${decimal(before)} is left of an earlier pass`, signs };
    return undefined;
  };
  return events.map((event) => {
    const { kind, node, parent, use } = event;
    let flaw;
    if (kind === "seed") [arrived, passed] = [[], []];
    if (kind === "final") {
      passed[node] = true;
      flaw = unfinished(event) ?? (off(event) && { word: "wrong", text: `wrong: ${off(event)}` });
    }
    if (kind === "contribute") {
      arrived[parent] = use;
      toCome[parent]--;
      flaw = added(event);
    }
    return flaw ? { ...event, flaw } : event;
  });
};
