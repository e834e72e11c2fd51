
// --- what is learned: the regions of two inputs, or the curve of one, with the samples -----------

// A point belongs to the class whose loss is the least there: the loss is asked with the y of each class.
{
  const GRID = 44; // points of the plane, each way
  const [SIDE, PAD] = [320, 0.12];
  const ROOM = 4; // milliseconds for some rows
  const LARGEST = 5_000; // nodes of a sample that regions are drawn of
  const { inputs: places, columns, samples, targets, marks, output, tape } = training;
  const canvas = $("plane");
  const pen = canvas.getContext("2d");
  const size = tape.ops.length;

  const leaf = (place) => columns.indexOf(place);
  const start = engine.evaluate(engine.row(0), []).slice();
  const numberAt = (which, place) => (leaf(place) < 0 ? start[place] : engine.row(which)[leaf(place)]);
  const xs = places.map((place) => samples.map((_, which) => numberAt(which, place)));

  const keys = targets.map(String);
  const classes = [...new Set(keys)].sort((x, y) => (+x === +x && +y === +y ? x - y : x < y ? -1 : 1));
  const kinds = keys.map((key) => classes.indexOf(key));
  // The numbers that say the class: those of its first sample. Are they the same for all of a class?
  const others = columns.filter((place) => !places.includes(place));
  const saying = classes.map((_, kind) => others.map((place) => [place, numberAt(kinds.indexOf(kind), place)]));
  const isSaid = kinds.every((kind, which) => saying[kind].every(([place, x]) => Object.is(numberAt(which, place), x)));

  const hasRegions = places.length === 2 && classes.length > 1 && classes.length <= marks.length && isSaid && size <= LARGEST;
  const hasCurve = places.length === 1 && output !== null && size <= LARGEST;
  const isNumber = targets.every((y) => typeof y === "number");

  const range = (numbers) => {
    const finite = numbers.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const pad = PAD * (high - low) || 1;
    return [low - pad, high + pad];
  };

  // --- the plot --------------------------------------------------------------------------------

  let colours, ink, soft;
  const legend = () => {
    if (!hasRegions) return;
    classes.forEach((key, kind) => {
      const entry = document.createElement("span");
      entry.className = "class";
      entry.innerHTML = `<svg viewBox="-6 -6 12 12" aria-hidden="true" style="color:var(--series-${kind})"><path d="M0 0${marks[kind]}"/></svg>`;
      entry.append(`y = ${written(targets[kinds.indexOf(kind)])}`);
      $("classes").append(entry);
    });
  };
  const look = () => {
    colours = [...$("classes").querySelectorAll("svg")].map((one) => getComputedStyle(one).color);
    const style = getComputedStyle($("progress"));
    [ink, soft] = [style.color, getComputedStyle($("lossrange")).color];
  };
  const path = marks.map((mark) => new Path2D(`M0 0${mark}`));
  const samplesAt = (across, up, ys) => {
    samples.forEach((_, which) => {
      pen.save();
      pen.translate(across(xs[0][which]), up(ys[which]));
      const kind = hasRegions ? kinds[which] : 0;
      pen.fillStyle = hasRegions ? colours[kind] : ink;
      pen.fill(path[kind]);
      if (which === chosenSample()) {
        pen.strokeStyle = ink;
        pen.lineWidth = 2.5;
        pen.beginPath();
        pen.arc(0, 0, 9, 0, 7);
        pen.stroke();
      }
      pen.restore();
    });
  };
  const chosenSample = () => (typeof picked === "undefined" ? -1 : picked);
  const clear = () => {
    const scale = devicePixelRatio || 1;
    if (canvas.width !== SIDE * scale) canvas.width = canvas.height = SIDE * scale;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, SIDE, SIDE);
  };
  const scaled = ([low, high], from, to) => (x) => from + ((to - from) * (x - low)) / (high - low);

  // --- regions ---------------------------------------------------------------------------------

  const regions = () => {
    const [wide, high] = xs.map(range);
    const middle = ([low, top], i) => low + ((top - low) * (i + 0.5)) / GRID;
    const losses = classes.map(() => new Float64Array(GRID * GRID));
    const lossesAt = (x, y) => saying.map((told) => engine.evaluate(engine.row(0), [[places[0], x], [places[1], y], ...told])[size - 1]);
    // The class with the least loss, and by how much it is the least.
    const decide = (found) => {
      const [least, second] = [...found].sort((x, y) => x - y);
      return [found.indexOf(least), second - least];
    };
    let [row, left, seen] = [0, GRID, -1];
    const plane = new OffscreenCanvas(GRID, GRID);
    const small = plane.getContext("2d");
    return () => {
      if (seen !== version) [seen, left] = [version, GRID];
      const until = performance.now() + ROOM;
      for (; left > 0 && performance.now() <= until; left--, row = (row + 1) % GRID) {
        for (let i = 0; i < GRID; i++) {
          lossesAt(middle(wide, i), middle(high, GRID - 1 - row)).forEach((loss, kind) => (losses[kind][row * GRID + i] = loss));
        }
      }
      look();
      const image = small.createImageData(GRID, GRID);
      const channels = colours.map((colour) => colour.match(/[\d.]+/g).map(Number));
      for (let i = 0; i < GRID * GRID; i++) {
        const [kind, gap] = decide(losses.map((one) => one[i]));
        if (kind >= 0) image.data.set([...channels[kind].slice(0, 3), 255 * (0.5 - 0.4 * Math.exp(-gap))], 4 * i);
      }
      small.putImageData(image, 0, 0);
      clear();
      pen.drawImage(plane, 0, 0, SIDE, SIDE);
      pen.beginPath();
      classes.forEach((_, kind) => outline((i) => Math.min(...losses.map((one, k) => (k === kind ? Infinity : one[i]))) - losses[kind][i]));
      [pen.strokeStyle, pen.lineWidth] = [soft, 1.5];
      pen.stroke();
      samplesAt(scaled(wide, 0, SIDE), scaled(high, SIDE, 0), xs[1]);
      const right = kinds.filter((kind, which) => decide(lossesAt(xs[0][which], xs[1][which]))[0] === kind).length;
      $("right").textContent = `${grouped(right)} of ${grouped(samples.length)} samples lie in the region of their y`;
      const [across, up] = [wide, high].map(([low, top]) => `from ${decimal(low)} to ${decimal(top)}`);
      $("spans").textContent = `x1 across ${across}, x2 up ${up}`;
      canvas.ariaLabel = `Regions, ${$("spans").textContent}. ${$("right").textContent}`;
      return left > 0;
    };
  };
  // The line where a function of the points of the grid is 0, cell by cell between four of them.
  const outline = (f) => {
    const cell = SIDE / GRID;
    for (let i = 0; i < GRID * (GRID - 1); i++) {
      if ((i + 1) % GRID === 0) continue;
      const corners = [i, i + 1, i + GRID + 1, i + GRID];
      const cuts = corners.flatMap((one, k) => {
        const other = corners[(k + 1) % 4];
        const [a, b] = [f(one), f(other)];
        if (a < 0 === b < 0) return [];
        const share = a / (a - b);
        const at = (of) => (of(one) * (1 - share) + of(other) * share + 0.5) * cell;
        return [[at((j) => j % GRID), at((j) => Math.floor(j / GRID))]];
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        pen.moveTo(...cuts[k]);
        pen.lineTo(...cuts[k + 1]);
      }
    }
  };

  // --- a curve ---------------------------------------------------------------------------------

  const curve = () => {
    const wide = range(xs[0]);
    const POINTS = 120;
    const along = Array.from({ length: POINTS + 1 }, (_, i) => wide[0] + ((wide[1] - wide[0]) * i) / POINTS);
    return () => {
      const heights = along.map((x) => engine.evaluate(engine.row(0), [[places[0], x]])[output]);
      const high = range(isNumber ? targets : heights);
      const [across, up] = [scaled(wide, 0, SIDE), scaled(high, SIDE, 0)];
      look();
      clear();
      pen.beginPath();
      heights.forEach((y, i) => Number.isFinite(y) && pen.lineTo(across(along[i]), Math.max(-SIDE, Math.min(2 * SIDE, up(y)))));
      [pen.strokeStyle, pen.lineWidth] = [getComputedStyle($("losses")).stroke, 2.5];
      pen.stroke();
      if (isNumber) samplesAt(across, up, targets);
      const span = `x from ${decimal(wide[0])} to ${decimal(wide[1])}`;
      $("right").textContent = `What the model gives, for ${span}: ${decimal(heights[0])} at first, ${decimal(heights.at(-1))} at last`;
      canvas.ariaLabel = $("right").textContent;
    };
  };

  if (hasRegions || hasCurve) {
    $("learned").hidden = false;
    legend();
    follow(hasRegions ? regions() : curve());
    const ys = hasRegions ? xs[1] : targets;
    const [wide, high] = [range(xs[0]), range(isNumber || hasRegions ? ys : [0])];
    // Where a sample is in the canvas as it is on the screen.
    const placeOf = (i) => {
      const side = canvas.clientWidth;
      return [scaled(wide, 0, side)(xs[0][i]), scaled(high, side, 0)(ys[i])];
    };
    canvas.onclick = ({ offsetX, offsetY }) => {
      if (typeof pick === "undefined") return;
      const far = samples.map((_, i) => Math.hypot(placeOf(i)[0] - offsetX, placeOf(i)[1] - offsetY));
      pick(far.indexOf(Math.min(...far)));
    };
    canvas.placeOf = placeOf;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resume);
    $("theme").addEventListener("click", resume);
  }
  resume();
}
