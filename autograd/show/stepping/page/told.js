
// --- what is said of the events --------------------------------------------------------------

const begin = moves.findIndex(({ kind }) => kind === "seed");
const backward = begin < 0 ? null : begin;
const root = nodes[moves.at(backward ?? -1).node].name;
const count = () => moves.length;

// The number that a node gets in an event: of a leaf that moved on another one than it was used with.
const numberOf = ({ node, data: x }) => x ?? data[node];

const [MOST_NAMES, FIRST_NAMES] = [6, 3]; // of what is given, as sentences.py has them
const givenIn = ({ nodes: leaves }) => {
  const names = leaves.map((leaf) => nodes[leaf].name);
  if (names.length > MOST_NAMES) return [`${grouped(names.length)} numbers are given: {}, {}, {}, …`, ...names.slice(0, FIRST_NAMES)];
  return [`${names.slice(1).map(() => "{}").join(", ")} and {} are given`, ...names];
};

// What is said of most gradients and contributions; the page is told the rest.
const [ENDS, PASSES] = ["{}.grad = {} is final", "{} passes its gradient on to {}"];
const PASSED_ON = ENDS + ": it is passed on";

// Its words, and what a box does or the numbers of a contribution, with the signs and the mistake in it.
const eventAt = (place) => {
  if (moves[place].told) return moves[place].told;
  if (moves[place].kind === "given") return [givenIn(moves[place]), GIVEN];
  const { kind, node, parent, slot, grad, upstream, local, contribution, before, after, use, flaw } = moves[place];
  const { forward, final, edges, op, name } = nodes[node];
  const wrong = flaw ? [flaw.text] : [];
  if (kind === "forward") return [[...forward, numberOf(moves[place])], flaw?.word ?? (op === undefined ? GIVEN : COMPUTED), ...wrong];
  if (kind === "seed") return [[graph.start[0], name, grad], SEED];
  if (kind === "final") return [flaw ? [`{}.grad = {}, ${flaw.word}`, name, grad] : [...(final ?? [op === undefined ? ENDS : PASSED_ON, name]), grad], flaw?.word ?? FINAL, ...wrong];
  const told = edges[slot];
  const [sign, ...signs] = flaw?.signs ?? [];
  const numbers = [upstream, local, contribution, before, after];
  const found = [told.sentence ?? [PASSES, name, nodes[parent].name], told.rule, told.local === decimal(local) ? NOTHING : told.local, ...numbers];
  if (flaw) return [...found, ...signs, sign, flaw.text];
  // What came earlier may be added later: then the sum is that but for rounding.
  return use === 1 || Object.is(before + contribution, after) ? found : [...found, EQUAL, "≈"];
};

const marksAt = ({ homes, ways }, place) => {
  const { node, parent, slot, nodes: leaves } = moves[place];
  if (leaves) return [[...new Set(leaves.map((leaf) => homes[leaf] ?? -1))]];
  const [box, other] = [homes[node] ?? -1, homes[parent] ?? -1];
  if (parent === undefined) return [box];
  return box === other ? [box, -1, -1] : [box, other, ways[node]?.[slot] ?? -1];
};

const tellsHome = ({ name, home }) => name.startsWith(home + ".");

// The module calls that contain the nodes of an event, if a drawing has folded them and no name tells them.
const insideAt = ({ boxes, homes }, place) => {
  const { node, parent } = moves[place];
  const found = [node, parent].filter((x) => x !== undefined && boxes[homes[x]]?.group && nodes[x].home && !tellsHome(nodes[x]));
  return found.length ? ` (${found.map((x) => `${nodes[x].name} in ${nodes[x].home}`).join(", ")})` : NOTHING;
};
