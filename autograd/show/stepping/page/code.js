
// --- code beside the picture: the lines of backward, right or with a famous mistake -------------

const mistakeNow = () => CODE.mistakes.find(({ name }) => name === fault);
const pythonic = (x) => (digits ? repr(x) : Number.isFinite(x) ? repr(+x.toPrecision(4)) : repr(x));

// The lines, with the faulty one in its place.
const writeLines = () => {
  const wrong = mistakeNow();
  const texts = CODE.right.map((text, i) => (wrong?.line === i ? wrong.text : text).replace("{seed}", pythonic(float(graph.seed))));
  $("source").replaceChildren(
    ...texts.map((text, i) => {
      const line = made("li");
      line.append(made("code", text));
      if (wrong?.line === i) {
        line.className = "faulty";
        line.append(made("em", "  # mistake"));
      }
      return line;
    }),
  );
  write("legend", [CODE.legend, wrong ? wrong.legend : CODE.order].filter(Boolean).join("\n"));
};

// What the current line does in an event, with names and numbers.
const inNumbers = ({ kind, node, parent, grad, upstream, local }) => {
  const { name } = nodes[node] ?? {};
  if (kind === "seed") return `${name}.grad = ${pythonic(grad)}`;
  if (kind === "final") return `node = ${name}, node.grad = ${pythonic(grad)}`;
  return `${nodes[parent].name}.grad ${fault === "assign" ? "=" : "+="} ${pythonic(upstream)} * ${pythonic(local)}`;
};
const lightLine = () => {
  if ($("code").hidden) return;
  const move = moves[at];
  const lit = CODE.lit[move.kind];
  [...$("source").children].forEach((line, i) => {
    line.querySelector("b")?.remove();
    if (i !== lit) return (line.ariaCurrent = null);
    line.ariaCurrent = "step";
    const indent = " ".repeat(CODE.right[i].search(/\S/) + 2);
    if (!hidden(at)) line.append(made("b", indent + inNumbers(move)));
    bring($("code"), line);
  });
};

// --- the mistake -----------------------------------------------------------------------------

const firstFlaw = () => moves.findIndex(({ flaw }) => flaw);
const harm = () => {
  if (!fault) return "";
  const { gradients } = passOf(fault);
  const wrong = nodes.filter((_, node) => !isAlike(gradients[node] ?? 0, right[node] ?? 0));
  const ours = nodes.length - nodes.filter(({ kind }) => kind === "constant").length;
  if (wrong.length) return `${grouped(wrong.length)} of ${grouped(ours)} gradients ${wrong.length === 1 ? "is" : "are"} wrong`;
  // It may be made and the numbers come out the same.
  const made = {
    assign: () => reached().uses.some((count) => count > 1),
    no_topological_order: () => moves.some(({ flaw, kind, node }) => flaw && kind === "final" && flows(node).length),
    parent_set: () => firstFlaw() >= 0,
    no_zero_grad: () => reached().uses.some((count, node) => count && nodes[node].op === undefined),
  };
  return made[fault]() ? CODE.same : mistakeNow().harmless;
};

// The boxes whose gradients are wrong once all contributions have come, or they were passed on.
wrongAt = ({ homes }, place) => {
  if (!fault) return [];
  let [grads, done] = [[], []];
  for (const { kind, node, parent = node, grad, after, use, uses } of moves.slice(0, place + 1)) {
    if (kind === "seed") done = [];
    if (kind === "seed" || kind === "final" || kind === "contribute") grads[parent] = after ?? grad;
    if (kind === "final" || (kind === "contribute" && use >= uses)) done[parent] = true;
  }
  const found = new Map();
  done.forEach((_, node) => {
    const box = homes[node] ?? -1;
    if (box < 0 || isAlike(grads[node], right[node] ?? 0)) return;
    found.set(box, drawings[level].boxes[box].group ? "wrong inside" : `${decimal(right[node] ?? 0)} is right`);
  });
  return [...found];
};

const learn = () => {
  write("harm", harm());
  $("jump").hidden = firstFlaw() < 0;
};
$("mistake").add(new Option("none", ""));
for (const { name, title } of CODE.mistakes) $("mistake").add(new Option(title, name));
$("mistake").disabled = backward === null;
$("mistake").onchange = () => {
  run();
  fault = $("mistake").value;
  writeLines();
  take([]);
};
$("jump").onclick = () => go(firstFlaw());
$("lines").onclick = () => {
  toggle("code", "lines");
  lightLine();
  levels[level].follow();
};
changed.push(learn);
listeners.push(lightLine);
$("digits").addEventListener("click", () => (writeLines(), lightLine()));
writeLines();
learn();
