
// --- the slope: the root against an input, with the point and its tangent ----------------------

const [WIDTH, HEIGHT, POINTS] = [300, 120, 100];
let chosen = inputs[0];
let window_; // of the input: it stays while the point moves within it
let course; // the heights of the curve, as long as nothing else changes

// The root for other numbers of the leaves; NaN where there is none.
const rootAt = (leaves) => {
  try {
    return forward(leaves).found[ROOT];
  } catch {
    return NaN;
  }
};
// d root / d node, whatever the pass was asked to start with, and whatever mistake it makes.
const slopeOf = (node) => (right[node] ?? 0) / float(graph.seed);

// What is said where a plot has no place for the root.
const nowhere = () => (Number.isFinite(data[ROOT]) ? "" : `: no finite number, and so no point of the plot`);

// A plot reaches no farther, so that the differences in it are numbers.
const FARTHEST = 8e307;
const within = (x) => clamp(-FARTHEST, x, FARTHEST);

const plot = () => {
  if ($("slope").hidden) return;
  if (second !== undefined) return plotBoth();
  const x = finite(given[chosen]);
  const others = given.filter((_, node) => node !== chosen).join();
  if (!(window_?.node === chosen && window_.low <= x && x <= window_.high)) {
    const room = Math.min(Math.max(1.25 * Math.abs(x), 1), FARTHEST / 2);
    window_ = { node: chosen, low: within(x) - room, high: within(x) + room };
    course = undefined;
  }
  const { low, high } = window_;
  if (course?.others !== others) {
    const heights = Array.from({ length: POINTS + 1 }, (_, i) => rootAt(given.with(chosen, low + ((high - low) * i) / POINTS)));
    const there = heights.filter(Number.isFinite);
    const [least, most] = there.length ? [Math.min(...there), Math.max(...there)] : [0, 0];
    const pad = 0.08 * (most - least) || Math.abs(least) || 1;
    course = { others, heights, least: least - pad, most: most + pad };
  }
  const { heights, least, most } = course;
  const across = (at) => WIDTH * (at / (high - low) - low / (high - low));
  const up = (y) => HEIGHT - (HEIGHT * (y - least)) / (most - least);
  const line = (points) =>
    points.map(([at, y], i) => (Number.isFinite(y) ? `${Number.isFinite(points[i - 1]?.[1]) ? "L" : "M"}${at.toFixed(1)} ${y.toFixed(1)}` : "")).join("");
  const [y, slope] = [data[ROOT], slopeOf(chosen)];
  const draw = (id, path) => $(id).setAttribute("d", path);
  draw("axis", [low < 0 && high > 0 ? `M${across(0)} 0V${HEIGHT}` : "", least < 0 && most > 0 && most - least < Infinity ? `M0 ${up(0)}H${WIDTH}` : ""].join(""));
  draw("course", line(heights.map((height, i) => [(WIDTH * i) / POINTS, up(height)])));
  draw("tangent", line([low, high].map((at) => [across(at), up(y + slope * (at - x))])));
  $("point").setAttribute("transform", Number.isFinite(up(y)) ? `translate(${across(x).toFixed(1)} ${up(y).toFixed(1)})` : "translate(-99 0)");
  const name = nodes[chosen].name;
  write("steep", `At ${name} = ${decimal(given[chosen])} it is ${decimal(y)}, with slope ${decimal(slope)}${nowhere()}`);
  write("range", `${name} from ${decimal(low)} to ${decimal(high)}, ${root} ${heights.some(Number.isFinite) ? `from ${decimal(least)} to ${decimal(most)}` : "without a finite number"}`);
  $("slope").querySelector("svg").ariaLabel = `${root} against ${name}: ${$("steep").textContent}`;
};

for (const node of fields.keys()) $("against").add(new Option(nodes[node].name, node));
write("of", root);
$("against").onchange = () => {
  const before = chosen;
  chosen = +$("against").value;
  if (chosen === second) choose(before);
  else plot();
};
$("curve").onclick = () => {
  toggle("slope", "curve");
  plot();
};
$("curve").hidden = !inputs.length;
// The plot follows the input that was changed last; a choice of two stays.
changed.push((touched) => {
  if (touched.length === 1 && second === undefined) $("against").value = chosen = touched[0];
  plot();
});
