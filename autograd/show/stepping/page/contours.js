
// --- two inputs: the root as contours, with its gradient as an arrow ----------------------------

const [ACROSS, UPWARD, LEVELS] = [300, 225, 10];
const [AT_ONCE, AT_REST] = [15_000, 600_000]; // nodes that are computed for a grid
const [FINEST, LONGEST] = [48, 60]; // columns of a grid, pixels of an arrow
let second; // the other input, if there is one
let plane; // a window over both, in which the point moves, and what was drawn there
let resting;

// One unit is as long both ways, so that a gradient is at a right angle to its contour.
const windowOf = (x, y) => {
  const unit = Math.min(2 * Math.max(1.25 * Math.abs(x), 1.25 * Math.abs(y), 1), FARTHEST / 2) / UPWARD;
  return { unit, left: within(x) - (unit * ACROSS) / 2, low: within(y) - (unit * UPWARD) / 2 };
};

// The heights at the corners of a grid, from its lowest row up.
const heightsOf = ({ unit, left, low }, columns, rows) => {
  const leaves = [...given];
  const at = (column, row) => {
    leaves[chosen] = left + (unit * ACROSS * column) / columns;
    leaves[second] = low + (unit * UPWARD * row) / rows;
    return rootAt(leaves);
  };
  return Array.from({ length: rows + 1 }, (_, row) => Array.from({ length: columns + 1 }, (_, column) => at(column, row)));
};

// The path of a level.
const contour = (heights, level) => {
  const [rows, columns] = [heights.length - 1, heights[0].length - 1];
  const at = ([x, y]) => `${((x * ACROSS) / columns).toFixed(1)} ${(UPWARD - (y * UPWARD) / rows).toFixed(1)}`;
  let path = "";
  drawZeros(columns, rows, (x, y) => heights[y][x] - level, (from, to) => (path += `M${at(from)}L${at(to)}`));
  return path;
};
const drawContours = (budget) => {
  const columns = Math.max(6, Math.min(FINEST, Math.floor(Math.sqrt(((budget / nodes.length) * ACROSS) / UPWARD))));
  const heights = heightsOf(plane, columns, Math.ceil((columns * UPWARD) / ACROSS));
  const known = heights.flat().filter(Number.isFinite).sort((x, y) => x - y);
  const levels = Array.from({ length: LEVELS }, (_, i) => known[Math.floor(((i + 0.5) / LEVELS) * known.length)]);
  plane.range = known.length ? known.at(-1) - known[0] : 0;
  // As much of the plane lies between one and the next as between any others; the lowest is darker.
  const [lowest, ...others] = [...new Set(levels)].filter((level) => level !== undefined).map((level) => contour(heights, level));
  $("lowest").setAttribute("d", lowest ?? "");
  $("contours").setAttribute("d", others.join(""));
};

const plotBoth = () => {
  const [x, y] = [finite(given[chosen]), finite(given[second])];
  const at = () => [(x - plane.left) / plane.unit, UPWARD - (y - plane.low) / plane.unit];
  const isWithin = (pixel, most) => clamp(0, pixel, most) === pixel;
  const inside = plane?.chosen === chosen && plane.second === second && isWithin(at()[0], ACROSS) && isWithin(at()[1], UPWARD);
  if (!inside) plane = { chosen, second, ...windowOf(x, y) };
  const others = given.filter((_, node) => node !== chosen && node !== second).join();
  if (plane.others !== others) {
    const before = plane.others;
    plane.others = others;
    // While a third number is dragged the lines are coarse, and fine as soon as it rests.
    clearTimeout(resting);
    if (before === undefined) drawContours(AT_REST);
    else {
      if (AT_ONCE / nodes.length >= 48) drawContours(AT_ONCE);
      resting = setTimeout(() => drawContours(AT_REST), 250);
    }
  }
  const [gx, gy] = [slopeOf(chosen), slopeOf(second)];
  const size = Math.hypot(gx, gy);
  // As long as the root is steep, by the range of what is seen.
  const long = size > 0 && Number.isFinite(size) ? LONGEST * Math.tanh((size * plane.unit * UPWARD) / (plane.range || 1)) : 0;
  const place = `translate(${at().map((pixel) => pixel.toFixed(1)).join(" ")})`;
  $("place").setAttribute("transform", place);
  $("steepest").setAttribute("transform", `${place}rotate(${((Math.atan2(-finite(gy), finite(gx)) * 180) / Math.PI).toFixed(1)})`);
  $("steepest").setAttribute("d", long < 1 ? "" : `M0 0H${long.toFixed(1)}m-7-5l7 5l-7 5`);
  const names = [chosen, second].map((node) => nodes[node].name);
  write("steep", `At ${names[0]} = ${decimal(given[chosen])}, ${names[1]} = ${decimal(given[second])} it is ${decimal(data[ROOT])}, with gradient (${decimal(gx)}, ${decimal(gy)})${nowhere()}`);
  const span = (low, pixels) => `from ${decimal(low)} to ${decimal(low + plane.unit * pixels)}`;
  write("range", `${names[0]} ${span(plane.left, ACROSS)} to the right, ${names[1]} ${span(plane.low, UPWARD)} upward; the arrow points to where ${root} grows fastest`);
  $("surface").ariaLabel = `${root} over ${names[0]} and ${names[1]}. ${$("steep").textContent}. Arrow keys move the point.`;
};

// The point goes where the pointer or the arrow keys take it, in round numbers.
const moveTo = (x, y) => {
  const step = 10 ** Math.floor(Math.log10(plane.unit));
  run();
  take([[chosen, x], [second, y]].map(([node, number]) => [node, multiple(number / step, step)]));
};
$("surface").onpointerdown = (event) => {
  if (event.button) return;
  event.preventDefault();
  const { left, top, width } = $("surface").getBoundingClientRect();
  const pixel = ACROSS / width;
  const follow = ({ clientX, clientY }) =>
    moveTo(plane.left + plane.unit * clamp(0, (clientX - left) * pixel, ACROSS), plane.low + plane.unit * (UPWARD - clamp(0, (clientY - top) * pixel, UPWARD)));
  $("surface").setPointerCapture(event.pointerId);
  $("surface").onpointermove = follow;
  $("surface").onpointerup = $("surface").onpointercancel = () => ($("surface").onpointermove = null);
  follow(event);
};
$("surface").onkeydown = (event) => {
  const [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
  if (!right && !up) return;
  event.preventDefault();
  event.stopPropagation();
  const far = plane.unit * (event.shiftKey ? 30 : 6);
  moveTo(finite(given[chosen]) + right * far, finite(given[second]) + up * far);
};

for (const node of inputs) $("along").add(new Option(nodes[node].name, node));
$("both").hidden = inputs.length < 2;
const choose = (node) => {
  second = node;
  $("along").value = node ?? "";
  $("surface").toggleAttribute("hidden", node === undefined);
  $("slope").firstElementChild.toggleAttribute("hidden", node !== undefined);
  plot();
};
$("along").onchange = () => {
  const node = $("along").value === "" ? undefined : +$("along").value;
  if (node === chosen) $("against").value = chosen = second ?? inputs.find((one) => one !== node);
  choose(node);
};
