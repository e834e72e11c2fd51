
// --- a training: run, pause, one step; the curve of the losses and the table of parameters -----

const training = JSON.parse($("told-training").textContent);
const engine = descent(training, CALCULUS);

// What follows the training on the screen: draw() may give true, where there is more to draw.
const views = [];
const follow = (draw) => views.push({ draw, seen: -1, due: 0 });
let version = 0; // of what there is to draw
let pause, resume; // stops the steps; goes on with whatever there is to do
const beginning = []; // called before steps are taken
const steps = () => engine.losses.length - 1;
const written = (y) => (typeof y === "number" ? decimal(y) : y); // of a sample
let rate = training.rate;
const momentum = () => +$("momentum").value;

{
  const ROOM = 8; // milliseconds of a frame that are for steps
  const SHARE = 10; // a view that takes long waits so much longer
  const PATIENCE = 500; // milliseconds, then it is said how far a step is
  const MOST = 300; // turns of a frame, where a step takes next to nothing
  const ROWS = 60; // of the table
  let owed = 0; // steps that are still to be taken
  let due = 0; // the time of the next one
  let asked; // a frame
  let since = 0; // when loss and gradient were known last

  const advance = () => {
    const until = performance.now() + ROOM;
    for (let turn = 0; turn < MOST && performance.now() < until; turn++) {
      if (!engine.ready) {
        engine.work();
        if (engine.ready) version++;
        continue;
      }
      if (owed && steps() && !Number.isFinite(engine.losses.at(-1))) owed = 0;
      if (!owed || performance.now() < due) return;
      due = performance.now() + +$("pace").value;
      engine.step(rate, momentum());
      owed--;
    }
  };

  // While it runs, one view is drawn a frame. What it takes is known when the next frame begins, for the
  // browser lays out and paints in between.
  let drawn, begun = 0;
  const draw = () => {
    const settled = !owed && engine.ready;
    const stale = views.filter(({ seen }) => seen !== version).sort((one, other) => one.due - other.due);
    for (const view of settled ? stale : stale.slice(0, 1).filter(({ due }) => due <= begun)) {
      view.seen = view.draw(settled) ? -1 : version;
      drawn = view;
    }
  };

  const tick = () => {
    asked = undefined;
    const now = performance.now();
    if (drawn) drawn.due = now + SHARE * Math.max(0, now - begun - ROOM);
    [drawn, begun] = [undefined, now];
    try {
      advance();
      draw();
    } catch (error) { // as where a lookup finds nothing
      owed = 0;
      $("trouble").textContent = error.message;
      return;
    }
    if (engine.ready) since = now;
    const slow = engine.ready || now - since < PATIENCE ? "" : `, at sample ${grouped(engine.done + 1)} of ${grouped(training.samples.length)}`;
    if ($("busy").textContent !== slow) $("busy").textContent = slow;
    const word = owed > 1 ? "Pause" : "Run";
    if ($("train").textContent !== word) $("train").textContent = word; // each change is laid out anew
    const more = owed || !engine.ready || views.some(({ seen }) => seen !== version);
    if (more) asked ??= requestAnimationFrame(tick);
  };
  const wake = () => {
    version++;
    cancelAnimationFrame(asked);
    tick();
  };
  const owe = (count) => {
    if (count) beginning.forEach((begin) => begin());
    [owed, due] = [count, 0];
    // A screen reader would never come to an end.
    $("progress").ariaLive = count > 1 ? "off" : "polite";
    wake();
  };
  pause = () => owed && owe(0);
  resume = wake;

  $("train").onclick = () => owe(owed > 1 ? 0 : Infinity);
  $("once").onclick = () => owe(1);
  $("again").onclick = () => {
    owe(0);
    engine.again();
    $("trouble").textContent = "";
    beginning.forEach((begin) => begin());
    wake();
  };

  // --- rate and momentum -----------------------------------------------------------------------

  const rated = () => {
    for (const [slider, text, x] of [["rate", "rated", rate], ["momentum", "kept", momentum()]]) {
      $(text).textContent = $(slider).ariaValueText = decimal(x);
    }
  };
  $("rate").value = Math.log10(rate || 1e-5);
  $("momentum").value = training.momentum;
  $("rate").oninput = () => {
    rate = +(10 ** $("rate").value).toPrecision(2);
    rated();
    wake();
  };
  $("momentum").oninput = () => {
    rated();
    wake();
  };
  rated();

  // --- the losses ------------------------------------------------------------------------------

  const [WIDTH, HEIGHT, POINTS] = [300, 150, 300];
  let log = false;
  $("log").onclick = () => {
    log = !log;
    $("log").ariaPressed = log;
    wake();
  };
  const known = () => (engine.ready ? engine.losses : engine.losses.slice(0, -1));
  follow(() => {
    const losses = known();
    const loss = losses.at(-1);
    $("progress").textContent = losses.length ? `Step ${grouped(losses.length - 1)}: loss = ${decimal(loss)}` : "Step 0";
    const first = losses.findIndex((x) => !Number.isFinite(x));
    const since = first ? `since step ${grouped(first)}: lower the rate, and start again` : "before the first step";
    $("trouble").textContent = first < 0 ? "" : `The loss is ${decimal(losses[first])} ${since}`;
    const height = (x) => (log ? Math.log10(x) : x);
    const heights = losses.map(height);
    // Of many steps the lowest and the highest of each few.
    const few = Math.ceil(heights.length / POINTS);
    const points = [];
    for (let i = 0; i < heights.length; i += few) {
      const part = heights.slice(i, i + few).filter(Number.isFinite);
      if (part.length) points.push([i, part[0]], ...(few > 1 ? [[i, Math.min(...part)], [i, Math.max(...part)]] : []));
    }
    const all = points.map(([, y]) => y);
    const [low, high] = [log ? Math.min(...all) : Math.min(0, ...all), Math.max(...all)];
    const across = (i) => (8 + ((WIDTH - 16) * i) / Math.max(1, heights.length - 1)).toFixed(1);
    const up = (y) => (HEIGHT - 8 - (HEIGHT - 16) * ((y / 2 - low / 2) / (high / 2 - low / 2 || 1))).toFixed(1);
    $("lossline").setAttribute("d", points.map(([i, y], n) => `${n ? "L" : "M"}${across(i)} ${up(y)}`).join("") + (points.length === 1 ? "h0.1" : ""));
    const finite = losses.filter(Number.isFinite);
    const lowest = finite.reduce((x, y) => Math.min(x, y), Infinity);
    const said = finite.length ? `Loss ${decimal(losses[0])} at first, ${decimal(loss)} now, lowest ${decimal(lowest)}` : "No loss yet";
    $("lossrange").textContent = said;
    $("losses").ariaLabel = said;
  });

  // --- the parameters --------------------------------------------------------------------------

  const rows = new Map();
  const choose = () => {
    const order = [...training.parameters.keys()];
    const size = (i) => Math.abs(engine.gradient[i]);
    if (order.length > ROWS) order.sort((i, j) => size(j) - size(i));
    rows.clear();
    for (const i of order.slice(0, ROWS)) {
      const row = document.createElement("tr");
      row.append(...["th", "td", "td", "td"].map((kind) => document.createElement(kind)));
      row.firstChild.scope = "row";
      row.firstChild.textContent = training.parameters[i].name;
      rows.set(i, row);
    }
    $("rows").replaceChildren(...rows.values());
    const more = order.length - rows.size;
    $("more").textContent = more > 0 ? `The ${ROWS} with the largest gradients; ${grouped(more)} more` : "";
  };
  follow((settled) => {
    if (!rows.size || (settled && training.parameters.length > ROWS)) choose();
    if (!$("weights").open) return;
    for (const [i, row] of rows) {
      const [velocity] = engine.stepped(i, rate, momentum());
      const numbers = [engine.weights[i], ...(engine.ready ? [engine.gradient[i], engine.touched[i] ? -rate * velocity : 0] : [])];
      [...row.children].slice(1).forEach((cell, k) => {
        if (k < numbers.length) [cell.textContent, cell.title] = [decimal(numbers[k]), repr(numbers[k])];
      });
    }
  });
  $("weights").ontoggle = wake;
  $("weights").onkeydown = (event) => event.stopPropagation(); // a space opens it
  for (const line of training.frozen) {
    const item = document.createElement("li");
    item.textContent = line;
    $("frozen").append(item);
  }
  $("picked").textContent = training.why;
}
