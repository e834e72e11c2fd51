
// --- search ----------------------------------------------------------------------------------

let hits = [];
let hit = 0;
const mark = () => {
  for (const part of view.querySelectorAll(".found")) part.classList.remove("found");
  const node = hits[hit];
  const asked = $("find").value.trim();
  if (node === undefined) return write("hit", asked && `“${asked}” is nowhere`);
  const { name, op, home } = nodes[node];
  const inside = home && !tellsHome(nodes[node]) ? `in ${home}` : "";
  const part = levels[level].parts[drawings[level].homes[node]];
  const about = [name, op === undefined ? "" : `(${graph.ops[op].name})`, inside];
  write("hit", `${hit + 1} of ${hits.length}: ${about.filter(Boolean).join(" ")}`);
  if (!part) return;
  part.classList.add("found");
  centre(part);
};
// A node is found by its name, its label, its op, or the path of its module; whole names come first.
const search = () => {
  const wanted = $("find").value.trim().toLowerCase();
  const words = ({ name, label = "", op, home = "" }) => [name, label, op === undefined ? "" : graph.ops[op].name, home].map((word) => word.toLowerCase());
  const found = nodes.flatMap((node, i) => (wanted && words(node).some((word) => word.includes(wanted)) ? [i] : []));
  const whole = (node) => words(nodes[node]).slice(0, 3).includes(wanted);
  hits = [...found.filter(whole), ...found.filter((node) => !whole(node))];
  hit = 0;
  mark();
};
const turnTo = (by) => {
  hit = (hit + by + hits.length) % (hits.length || 1);
  mark();
};
$("find").oninput = search;
$("find").onkeydown = (event) => {
  event.stopPropagation();
  if (event.key === "Enter") turnTo(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") {
    $("find").value = "";
    search();
  }
};
$("next").onclick = () => turnTo(1);
$("previous").onclick = () => turnTo(-1);

unfolded.push(mark);
