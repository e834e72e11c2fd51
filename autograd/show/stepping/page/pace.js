
// --- layer by layer: one tick plays all that happens at one distance from the root --------------

$("speed").add(new Option("layer by layer", 1400));
const isByLayer = () => $("speed").selectedIndex === $("speed").length - 1 && !asks;

// How far each node is from the root, by the contributions in the events.
const depths = () => {
  const found = [];
  for (const { parent, node } of moves) if (parent !== undefined) found[parent] = Math.max(found[parent] ?? 0, (found[node] ?? 0) + 1);
  return found;
};

// The last event of the layer that starts with an event: of a forward pass as many numbers as depend on none
// of them, of a backward pass all that nodes at one distance pass on.
const layerEnd = (start) => {
  const depth = depths();
  const together = new Set();
  const belongs = ({ kind, node }) => {
    if (kind === "forward") return !(nodes[node].operands ?? []).some((x) => together.has(x));
    return kind !== "given" && kind !== "seed" && (depth[node] ?? 0) === (depth[moves[start].node] ?? 0);
  };
  const isForward = moves[start].kind === "forward";
  let end = start;
  together.add(moves[start].node);
  if (moves[start].kind === "given" || moves[start].kind === "seed") return end;
  while (end + 1 < count() && (moves[end + 1].kind === "forward") === isForward && belongs(moves[end + 1])) together.add(moves[++end].node);
  return end;
};

const NAMED = 4; // nodes of a layer, if there are no more
const tellLayer = (from, to) => {
  const layer = moves.slice(from, to + 1);
  const passing = layer.filter(({ kind }) => kind === "contribute");
  const names = [...new Set((passing.length ? passing : layer).map(({ node }) => nodes[node].name))];
  const one = names.length === 1;
  const who = names.length > NAMED ? `${grouped(names.length)} nodes` : joined(names);
  const does = passing.length ? (one ? "passes its gradient on" : "pass their gradients on") : `${one ? "is" : "are"} ${layer[0].kind === "forward" ? "computed" : "final"}`;
  write("sentence", `${who} ${does}`);
  $("sums").hidden = true;
};

next = () => {
  if (!isByLayer()) return show(at + 1);
  const [from, to] = [at + 1, layerEnd(at + 1)];
  show(to, false, from);
  if (to > from) tellLayer(from, to);
};

for (const id in actions) $(id).onclick = actions[id];
