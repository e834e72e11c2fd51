
// --- what a drawing says after some events: changes.py does it for pictures --------------------

const LISTED = 3; // numbers of a group that are shown one by one

// Of each node its number, the one that it moved on to, its gradient and how far that is, with the mistake
// in it; and for some edges the local derivative that was taken instead of theirs.
const stateAfter = (last) => {
  const [number, now, grad, status, final, wrong, stale] = [[], [], [], [], [], [], []];
  for (const move of moves.slice(0, last + 1)) {
    const { kind, node, parent: target = node, flaw } = move;
    if (kind === "given") {
      move.nodes.forEach((leaf, i) => (number[leaf] = numberOf({ node: leaf, data: move.data?.[i] })));
      continue;
    }
    if (kind === "forward") {
      (number[node] === undefined ? number : now)[node] = numberOf(move);
      continue;
    }
    if (kind === "update") {
      number[node] = move.to;
      continue;
    }
    if (kind === "seed") {
      grad.forEach((_, one) => ([status[one], final[one], wrong[one]] = ["from before", false, undefined]));
      [status[node], final[node]] = [SEED, false];
    } else {
      wrong[target] = flaw ?? wrong[target];
      status[target] = statusOf(move, wrong[target]);
      final[target] ||= kind === "final" || status[target] === FINAL;
      if (flaw?.word === "stale") stale.push(move);
    }
    grad[target] = move.after ?? move.grad;
  }
  return { number, now, grad, status, final, stale };
};
const statusOf = ({ kind, use, uses, flaw }, wrong) => {
  if (kind === "final") return flaw?.word ?? (wrong ? `${FINAL}, ${wrong.word}` : FINAL);
  if (wrong && fault) return wrong.word; // the boxes of a live page have no room for more
  return wrong ? `${came(use, uses)}, ${wrong.word}` : use === uses ? FINAL : came(use, uses);
};

// Each text by its row: 4 · box + the row in that, or behind all of these the label of an edge.
const rowsAt = (drawing, last) => {
  const { boxes, homes, labels, ways } = drawing;
  const { number, now, grad, status, final, stale } = stateAfter(last);
  const [begun, done, members] = [[], [], []];
  const add = (counts, node) => (counts[homes[node]] = (counts[homes[node]] ?? 0) + 1);
  grad.forEach((_, node) => add(begun, node));
  final.forEach((is, node) => is && add(done, node));
  new Set(moves.flatMap(({ kind, node }) => (kind === "final" ? [node] : []))).forEach((node) => add(members, node));
  const says = new Map();
  boxes.forEach(({ rows, group, outputs, weights }, box) => {
    if (!outputs) return;
    const [one] = outputs;
    const moved = outputs.length === 1 && now[one] !== undefined;
    const numbers = moved ? both((write) => `${write(number[one])}, now ${write(now[one])}`) : listed(outputs.map((x) => number[x]));
    const how = group ? groupStatus(begun[box], done[box], members[box]) : (status[one] ?? NOTHING);
    const said = [numbers, listed(outputs.map((x) => grad[x])), how];
    if (weights) said.push(weights.every((x) => number[x] !== undefined) ? ofWeights(weights, number) : NOTHING);
    said.slice(0, rows).forEach((text, row) => says.set(4 * box + row, text));
  });
  const label = (row, text) => row >= 0 && says.set(4 * boxes.length + row, text);
  labelled(drawing).forEach((slots, row) => {
    if (slots.some(([node]) => number[node] !== undefined)) label(row, slopes(slots));
  });
  for (const { node, slot, local } of stale) label(labels.indexOf(ways[node]?.[slot]), local);
  return says;
};
const both = (text) => [text(decimal), text(repr)];

// For each label the operand slots that its edge leads to.
const labelled = (drawing) => {
  const { labels, ways } = drawing;
  if (!drawing.slots) {
    drawing.slots = labels.map(() => []);
    ways.forEach((edges, node) => edges?.forEach((edge, slot) => drawing.slots[labels.indexOf(edge)]?.push([node, slot])));
  }
  return drawing.slots;
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
const idleAt = (drawing) => labelled(drawing).map((slots, row) => [drawing.labels[row], slots.every((slot) => slope(...slot) === DASH)]);

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
const ofWeights = (weights, number) =>
  weights.length > LISTED
    ? `parameters ${summed(weights.map((x) => number[x]))}`
    : weights.map((x) => `${nodes[x].label ?? ""} ${decimal(number[x])}`.trim()).join(", ");
