
// --- what is learned: the regions of two inputs, or the curve of one, with the samples -----------

// A point belongs to the class whose loss is the least there: the loss is asked with the y of each class.
{
  const FINE = 44; // points of the plane, each way
  const ROUGH = 12; // those of a large network, at least, while it trains
  const VISITS = 300_000; // nodes that are gone through for a picture while it trains
  const [SIDE, PAD] = [320, 0.12];
  const ROOM = 4; // milliseconds for some rows
  const LARGEST = 20_000; // nodes of a sample that regions are drawn of
  const { inputs: places, columns, samples, targets, marks, output, tape, structures } = training;
  const canvas = $("plane");
  const pen = canvas.getContext("2d");
  const size = tape.ops.length;

  const leaf = (place) => columns.indexOf(place);
  const start = engine.evaluate(engine.row(0)).slice();
  const numberAt = (which, place) => (leaf(place) < 0 ? start[place] : engine.row(which)[leaf(place)]);
  const xs = places.map((place) => samples.map((_, which) => numberAt(which, place)));

  const keys = targets.map(String);
  const classes = [...new Set(keys)].sort((x, y) => (+x === +x && +y === +y ? x - y : x < y ? -1 : 1));
  const kinds = keys.map((key) => classes.indexOf(key));
  // The numbers that say the class: those of its first sample. Are they the same for all of a class?
  const others = columns.filter((place) => !places.includes(place));
  const saying = classes.map((_, kind) => others.map((place) => [place, numberAt(kinds.indexOf(kind), place)]));
  const isSaid = kinds.every((kind, which) => saying[kind].every(([place, x]) => Object.is(numberAt(which, place), x)));

  // What Python chose for a sample says nothing of other points, unless the model is the same for all.
  const isOne = structures === 1 || output !== null;
  const hasRegions = isOne && places.length === 2 && classes.length > 1 && classes.length <= marks.length && isSaid && size <= LARGEST;
  const hasCurve = places.length === 1 && output !== null && size <= LARGEST;
  const isNumber = targets.every((y) => typeof y === "number");

  const range = (numbers) => {
    const finite = numbers.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const pad = PAD * (high - low) || 1;
    return high - low + 2 * pad < Infinity ? [low - pad, high + pad] : [-1, 1];
  };

  // --- the plot --------------------------------------------------------------------------------

  let colours, ink, soft;
  const legend = () => {
    if (!hasRegions) return;
    classes.forEach((key, kind) => {
      const entry = made("span");
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
    const all = [...places, ...others];
    const [moved, turned] = [engine.hanging(all), engine.hanging(others)];
    const told = saying.map((one) => one.map(([, x]) => x));
    // The loss with the y of each class.
    const lossesAt = (x, y) =>
      told.map((numbers, kind) => (kind ? engine.revise(others, numbers, turned) : engine.revise(all, [x, y, ...numbers], moved))[size - 1]);
    // The class with the least loss, and by how much it is the least.
    const decide = (found) => {
      const [least, second] = [...found].sort((x, y) => x - y);
      return [found.indexOf(least), second - least];
    };

    // Asks at all points of the plane, row by row.
    function* asked(grid) {
      const middle = ([low, top], i) => low + ((top - low) * (i + 0.5)) / grid;
      const losses = classes.map(() => new Float64Array(grid * grid));
      for (let row = 0; row < grid; row++) {
        engine.evaluate(engine.row(0));
        for (let i = 0; i < grid; i++) {
          lossesAt(middle(wide, i), middle(high, grid - 1 - row)).forEach((loss, kind) => (losses[kind][row * grid + i] = loss));
        }
        yield;
      }
      paint(grid, losses);
    }

    const plane = new OffscreenCanvas(FINE, FINE);
    const small = plane.getContext("2d");
    const paint = (grid, losses) => {
      look();
      const image = small.createImageData(grid, grid);
      const channels = colours.map((colour) => colour.match(/[\d.]+/g).map(Number));
      for (let i = 0; i < grid * grid; i++) {
        const [kind, gap] = decide(losses.map((one) => one[i]));
        if (kind >= 0) image.data.set([...channels[kind].slice(0, 3), 255 * (0.5 - 0.4 * Math.exp(-gap))], 4 * i);
      }
      small.putImageData(image, 0, 0);
      clear();
      pen.drawImage(plane, 0, 0, grid, grid, 0, 0, SIDE, SIDE);
      pen.beginPath();
      const at = (x) => (x + 0.5) * (SIDE / grid);
      classes.forEach((_, kind) => {
        // By how much the loss of another class is the least.
        const gap = (x, y) => Math.min(...losses.map((one, k) => (k === kind ? Infinity : one[y * grid + x]))) - losses[kind][y * grid + x];
        drawZeros(grid - 1, grid - 1, gap, (from, to) => (pen.moveTo(...from.map(at)), pen.lineTo(...to.map(at))));
      });
      [pen.strokeStyle, pen.lineWidth] = [soft, 1.5];
      pen.stroke();
      samplesAt(scaled(wide, 0, SIDE), scaled(high, SIDE, 0), xs[1]);
    };
    const count = () => {
      engine.evaluate(engine.row(0));
      const right = kinds.filter((kind, which) => decide(lossesAt(xs[0][which], xs[1][which]))[0] === kind).length;
      put("right", `${grouped(right)} of ${grouped(samples.length)} samples lie in the region of their y`);
      const [across, up] = [wide, high].map(([low, top]) => `from ${decimal(low)} to ${decimal(top)}`);
      put("spans", `x1 across ${across}, x2 up ${up}`);
      canvas.ariaLabel = `Regions, ${$("spans").textContent}. ${$("right").textContent}`;
    };

    // While it trains, a picture is one of one moment, and rough if the network is large; then a fine one
    // follows, as there is time.
    const few = Math.max(ROUGH, Math.min(FINE, Math.floor(Math.sqrt(VISITS / size))));
    let [seen, finer] = [-1];
    return (settled) => {
      if (seen !== version) {
        seen = version;
        for (const _ of asked(few));
        count();
        finer = few < FINE && asked(FINE);
      } else {
        const until = performance.now() + ROOM;
        while (finer && performance.now() < until) if (finer.next().done) finer = false;
      }
      return settled && finer;
    };
  };
  // --- a curve ---------------------------------------------------------------------------------

  const curve = () => {
    const wide = range(xs[0]);
    const POINTS = 120;
    const hanging = engine.hanging(places);
    const along = Array.from({ length: POINTS + 1 }, (_, i) => wide[0] + ((wide[1] - wide[0]) * i) / POINTS);
    return () => {
      engine.evaluate(engine.row(0));
      const heights = along.map((x) => engine.revise(places, [x], hanging)[output]);
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
      put("right", `What the model gives, for ${span}: ${decimal(heights[0])} at first, ${decimal(heights.at(-1))} at last`);
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
      const nearest = Math.min(...far.filter((one) => one === one)); // a y that is no number has no place
      if (nearest < Infinity) pick(far.indexOf(nearest));
    };
    canvas.placeOf = placeOf;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resume);
    $("theme").addEventListener("click", resume);
  }
  resume();
}
