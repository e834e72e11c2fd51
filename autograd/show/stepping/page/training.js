
// --- a training: run, pause, one step, at a rate and with a momentum -----------------------------

const training = JSON.parse($("told-training").textContent);
const engine = descent(training, CALCULUS);

// What follows the training on the screen: draw() may give true, where there is more to draw.
const views = [];
const follow = (draw) => views.push({ draw, seen: -1, at: -Infinity, takes: 0 });
let version = 0; // of what there is to draw
let pause, resume; // stops the steps; goes on with whatever there is to do
const beginning = []; // called before steps are taken
const steps = () => engine.losses.length - 1;
const written = (y) => (typeof y === "number" ? decimal(y) : y); // of a sample
let rate = training.rate;
let momentum = training.momentum;
// Each change is laid out anew, and may be read aloud.
const put = (id, text) => $(id).textContent !== text && ($(id).textContent = text);

{
  const ROOM = 9; // milliseconds of a frame that are for steps
  const FRAME = 17;
  const SHARE = 10; // a view waits so many times as long as it takes,
  const LATEST = 150; // but no longer than this, so that what is shown is never old
  const SMALL = 100_000; // nodes that a step goes through, where each step can be shown
  const PATIENCE = 500; // milliseconds, then it is said how far a step is
  const MOST = 300; // turns of a frame, where a step takes next to nothing
  let owed = 0; // steps that are still to be taken
  let due = 0; // the time of the next one
  let asked; // a frame
  let since = 0; // when loss and gradient were known last

  const work = training.tape.ops.length * training.samples.length;
  $("pace").value = work > SMALL ? "0" : "frame";

  const advance = () => {
    const until = performance.now() + ROOM;
    const pace = $("pace").value;
    let taken = 0;
    for (let turn = 0; turn < MOST && performance.now() < until; turn++) {
      if (!engine.ready) {
        engine.work();
        if (engine.ready) version++;
        continue;
      }
      if (owed && steps() && !Number.isFinite(engine.losses.at(-1))) owed = 0;
      if (!owed || (pace === "frame" ? taken : performance.now() < due)) return;
      due = performance.now() + (+pace || 0);
      engine.step(rate, momentum);
      owed--;
      taken++;
    }
  };

  // At a pace to watch, all is drawn after each step. As fast as it goes, a frame draws the view that has
  // waited longest, and whatever would be too old, so that the steps keep most of the time on a fast machine
  // and what is shown follows on a slow one. A view that takes very long gets half of the time.
  let drawn = [];
  let begun = 0;
  const draw = () => {
    const quick = $("pace").value === "0";
    const settled = engine.ready && (!owed || +$("pace").value > 0);
    const stale = views.filter(({ seen }) => seen !== version).sort((one, other) => one.at - other.at);
    const waits = ({ at }) => begun - at;
    const next = stale.find((view) => waits(view) >= SHARE * view.takes);
    const late = (view) => waits(view) >= Math.max(LATEST, view.takes);
    drawn = settled || !quick ? stale : stale.filter((view) => view === next || late(view));
    for (const view of drawn) {
      const start = performance.now();
      view.seen = view.draw(settled) ? -1 : version;
      [view.at, view.takes] = [begun, performance.now() - start];
    }
  };

  const tick = () => {
    asked = undefined;
    const now = performance.now();
    // The browser lays out and paints after a frame: how long that takes is known when the next begins.
    for (const view of drawn) view.takes += Math.max(0, now - begun - FRAME) / drawn.length;
    [drawn, begun] = [[], now];
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
    put("busy", slow);
    put("train", owed > 1 ? "Pause" : "Run");
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
    for (const [slider, text, x] of [["rate", "rated", rate], ["momentum", "kept", momentum]]) {
      $(text).textContent = $(slider).ariaValueText = decimal(x);
    }
  };
  // A slider reaches as far as what was given.
  const power = Math.log10(rate || 1e-5);
  const step = Math.min(0.01, 10 ** Math.floor(Math.log10(1 - momentum)));
  Object.assign($("rate"), { min: Math.min(-5, Math.floor(power)), max: Math.max(2, Math.ceil(power)), value: power });
  Object.assign($("momentum"), { max: 1 - step, step, value: momentum });
  $("rate").oninput = () => {
    rate = +(10 ** $("rate").value).toPrecision(2);
    rated();
    wake();
  };
  $("momentum").oninput = () => {
    momentum = +$("momentum").value;
    rated();
    wake();
  };
  rated();

  for (const line of training.frozen) {
    $("frozen").append(made("li", line));
  }
  $("picked").textContent = training.why;
}
