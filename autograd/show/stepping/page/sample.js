
// --- one sample in the player: its pass at the weights as they are, and the update after it -----

const MOST_SIGNS = 40; // signs of what is listed of a sample
const brief = (text) => (text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS - 1)}…` : text);
let picked = 0;
const pick = (which) => {
  picked = which;
  $("sample").value = which;
  pause();
  tried.clear();
  resume();
};
const tried = new Map(); // numbers of the sample that were changed to see what they do

// The events of the step that comes next: what it does to each parameter.
updates = () => {
  if (!engine.ready) return [];
  const count = training.samples.length;
  return training.parameters.flatMap(({ place }, i) => {
    if (!engine.touched[i]) return [];
    const { name } = nodes[place];
    const [step, keep, gradient, before] = [rate, momentum, engine.gradient[i], engine.weights[i]];
    const [velocity, to] = engine.stepped(i, step, keep);
    const [last, slope, speed] = [engine.velocity[i], gradient, velocity].map((x) => (isSigned(x) ? "({})" : "{}"));
    const along = keep
      ? [`v ← momentum · v + gradient = {} · ${last} + ${slope} = {}, and {} ← {} − rate · v = {} − {} · ${speed} = {}`, keep, engine.velocity[i], gradient, velocity, name, name, before, step, velocity, to]
      : [`{} ← {} − rate · gradient = {} − {} · ${slope} = {}`, name, name, before, step, gradient, to];
    const why = count === 1 ? "the gradient is that of the only sample" : `the gradient is the mean of those of all ${grouped(count)} samples`;
    return [{ kind: "update", node: place, to, told: [along, "update"], why: `${why}; One step takes this update` }];
  });
};
const passEnd = () => moves.findLastIndex(({ kind }) => kind !== "update");

{
  const weightAt = new Map(training.parameters.map(({ place }, i) => [place, i]));
  let mine = false; // whether it is this file that changes numbers

  const FEW = 200; // fields that are filled while it runs; more would take too long
  const refresh = (settled) => {
    const ended = at >= passEnd();
    training.parameters.forEach(({ place }, i) => (given[place] = engine.weights[i]));
    training.columns.forEach((place, i) => (given[place] = engine.row(picked)[i]));
    for (const place of training.inputs) if (!training.columns.includes(place)) given[place] = recorded[place];
    for (const [place, x] of tried) given[place] = x;
    compute();
    mine = true;
    if (settled || fields.size <= FEW) fill();
    changed.forEach((listen) => listen(inputs));
    mine = false;
    at = atUpdate ? Math.min(at, count() - 1) : ended ? passEnd() : Math.min(at, passEnd());
    levels[level].refresh();
    levels[level].show(at);
    tell(at);
    if (returns) {
      toNetwork(levels[level]);
      levels[level].toMarks();
      returns = false;
    }
    $("picked").textContent = `Its loss is ${decimal(data[ROOT])}` + (tried.size ? ", with numbers that you changed" : "");
  };
  let returns = false; // what was stepped through before it ran is out of view
  let atUpdate = false; // an update is looked at, and stays as long as no step is taken
  follow(refresh);

  // Until the pass is stepped through, the network is in view, around the event.
  let atRest = true;
  const network = [...training.inputs, ...weightAt.keys(), training.output ?? ROOT];
  const toNetwork = ({ parts }) => {
    const homes = new Set(network.map((place) => drawings[level].homes[place]));
    const places = [...homes].filter((box) => parts[box]).map((box) => parts[box].getBoundingClientRect());
    const room = view.getBoundingClientRect();
    const by = (from, to) => (Math.min(...places.map((one) => one[from])) + Math.max(...places.map((one) => one[to])) - room[from] - room[to]) / 2;
    view.scrollBy({ left: by("left", "right"), top: by("top", "bottom"), behavior: "instant" });
  };
  listeners.push(() => {
    const one = levels[level];
    if (one.toMarks) return;
    one.toMarks = one.follow;
    one.follow = () => {
      if (atRest && at === passEnd()) toNetwork(one);
      one.toMarks(); // of a large network the part with the event
    };
  });

  beginning.push(() => {
    run();
    atUpdate = false;
    tried.clear();
    [returns, atRest] = [!atRest, true];
  });
  listeners.push(() => {
    atUpdate = moves[at].kind === "update";
    if (atUpdate) write("count", `${at + 1} of ${count()}, update`);
  });
  changed.push((touched) => {
    if (mine) return;
    pause();
    let moved = false;
    for (const place of touched) {
      const i = weightAt.get(place);
      if (i === undefined) {
        if (!Object.is(given[place], engine.row(picked)[training.columns.indexOf(place)])) tried.set(place, given[place]);
        else tried.delete(place);
      } else if (!Object.is(engine.weights[i], given[place])) {
        engine.weights[i] = given[place];
        moved = true;
      }
    }
    if (moved) engine.restart();
    resume();
  });

  // Whoever steps through the pass looks at one moment of the training.
  for (const id of ["first", "back", "play", "forward", "last", "backward"]) {
    const act = actions[id];
    actions[id] = () => {
      atRest = false;
      pause();
      act();
    };
  }
  slider.addEventListener("input", () => {
    atRest = false;
    pause();
    levels[level].follow();
  });
  $("reset").onclick = () => pick(picked);

  training.targets.forEach((y, i) => $("sample").add(new Option(brief(`${i + 1}: y = ${written(y)}`), i)));
  $("sample").onchange = () => pick(+$("sample").value);
  at = passEnd();
}
