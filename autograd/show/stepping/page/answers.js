
// --- the answers to what is pointed at: the paths of a node to the root, the product of an arrow --

const MOST_PATHS = 6; // that are written out, the largest first
const MOST_STEPS = 7; // of a path that are named
const MOST_ADDED = 4; // contributions of an arrow, and numbers of a group, that are written out
const EXACT_BELOW = 1e15; // above it paths are counted in two digits
const figure = (x) => said(x).at(-digits);
// The nodes whose numbers a box shows: of one that shows a node once more, that node.
const nodesOf = (box) => {
  const { boxes, tails = {} } = drawings[level];
  const edge = Object.keys(tails).find((one) => tails[one] === box);
  const [[node, slot] = []] = endsOf(drawings[level])[edge]?.uses ?? [];
  return boxes[box].outputs ?? (node === undefined ? [] : [nodes[node].operands[slot]]);
};
// A recording may be of a part of the graph, and of several passes: the first one counts. The answers are
// those of what is right, whatever mistake is switched in.
const START = moves[backward]?.node ?? ROOT;
const events = () => unfaulty ?? moves;
const contributions = () => {
  const again = events().findIndex(({ kind }, place) => kind === "seed" && place > backward);
  return events().slice(0, again < 0 ? undefined : again).filter(({ kind }) => kind === "contribute");
};
const shorten = (all, most) =>
  all.length > most ? [...all.slice(0, most - 3), `… ${all.length - most + 1} more …`, ...all.slice(-2)] : all;

// The contributions on paths from the root to some nodes, and for each node on them how many paths
// lead to it and the largest of these: found node by node, for there may be 2³⁰⁰ paths.
const pathsTo = (targets) => {
  const steps = contributions();
  const leads = new Set(targets);
  for (const { node, parent } of steps.toReversed()) if (leads.has(parent)) leads.add(node);
  const found = new Map(leads.has(START) ? [[START, { count: 1n, best: [{ node: START, product: 1 }] }]] : []);
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
  if (count < EXACT_BELOW) return grouped(count);
  return `about ${count.toLocaleString("en", { notation: "scientific", maximumFractionDigits: 1 }).toLowerCase()}`;
};
const chain = (sign, numbers) =>
  shorten(numbers.map((x, i) => (i && isSigned(x) ? `(${figure(x)})` : figure(x))), MOST_STEPS).join(sign);
// Which of its uses an operand is, as in x·x; nothing where it is the only one.
const useOf = ({ before, node, slot }) => {
  const slots = contributions().filter((move) => move.node === before.node && move.parent === node).map((move) => move.slot);
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
const gradOf = (node) => events().find((move) => move.kind === "final" && move.node === node)?.grad ?? 0;

// What is said of a node: a headline, its paths, and what they come to.
const ofNode = (node, { found }) => {
  const { name } = nodes[node];
  const { count, best } = found.get(node) ?? {};
  if (isConstant(node)) return [`${name} is a constant: it gets no gradient`];
  if (!count) return [`No path leads from ${root} back to ${name} along which anything flows: its gradient is 0`];
  if (node === START) return [`${partial(root)}/${partial(root)} = 1: no edge is on the way`];
  const seed = float(graph.seed);
  const grad = gradOf(node) / seed;
  const all = count <= best.length;
  const total = best.reduce((sum, path) => sum + path.product, 0);
  const terms = chain(" + ", best.map(({ product }) => product));
  let sum = all && count > 1 ? `Their sum: ${terms} = ${figure(total)}` : count > 1 ? `All ${counting(count)} add up to ${figure(grad)}` : "";
  if (all && decimal(total) !== decimal(grad)) sum += `; node by node, as backward() adds, ${figure(grad)}`;
  if (seed !== 1) sum += `${sum && "; "}times the seed ${figure(seed)}, ${name}.grad = ${figure(grad * seed)}`;
  const headline = `${partial(root)}/${partial(name)}: ${paths(count)} from ${root} back to ${name}`;
  return [all ? headline : `${headline}, the largest ${best.length}:`, best.map(ofPath), sum];
};
const ofBox = (box) => {
  const targets = nodesOf(box);
  const way = pathsTo(targets);
  if (targets.length === 1) return { way, words: ofNode(targets[0], way) };
  // Of several numbers of a group no path is written out.
  const lines = targets.map((node) => `${nodes[node].name}: ${paths(way.found.get(node)?.count ?? 0n)} back to it, gradient ${figure(gradOf(node))}`);
  return { way, words: [`${targets.length} numbers leave this box`, listing(lines)] };
};

// What flows back along an arrow, contribution by contribution.
const ofEdge = (edge) => {
  const { tail, head, uses } = endsOf(drawings[level])[edge];
  const steps = uses.flatMap(([node, slot]) => events().find((move) => move.kind === "contribute" && move.node === node && move.slot === slot) ?? []);
  const way = { taken: steps, boxes: [tail, head] };
  const lines = steps.map(({ node, parent, upstream, local, contribution }) => {
    const [by, to] = [nodes[node].name, nodes[parent].name];
    return `${partial(root)}/${partial(by)} × ${partial(by)}/${partial(to)} = ${chain(" × ", [upstream, local])} = ${figure(contribution)}`;
  });
  const [{ node, parent, contribution, uses: all } = {}] = steps;
  if (steps.length !== 1) return { way, words: [steps.length ? `${grouped(steps.length)} contributions flow back along this arrow` : "Nothing flows back along this arrow", listing(lines)] };
  const to = `${nodes[parent].name}.grad`;
  const rest = all > 1 ? `With the other uses it comes to ${to} = ${figure(gradOf(parent))}` : "";
  return { way, words: [`${nodes[node].name} adds ${figure(contribution)} to ${to}: upstream × local derivative`, lines, rest] };
};
