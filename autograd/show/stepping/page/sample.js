
// --- one sample in the player: its pass at the weights as they are, and the update after it -----

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
    const [step, keep, gradient, before] = [rate, momentum(), engine.gradient[i], engine.weights[i]];
    const [velocity, to] = engine.stepped(i, step, keep);
    const along = keep
      ? ["v ← momentum · v + gradient = {} · {} + {} = {}, and {} ← {} − rate · v = {} − {} · {} = {}", keep, engine.velocity[i], gradient, velocity, name, name, before, step, velocity, to]
      : ["{} ← {} − rate · gradient = {} − {} · {} = {}", name, name, before, step, gradient, to];
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
    $("picked").textContent = `Its loss is ${decimal(data[ROOT])}` + (tried.size ? ", with numbers that you changed" : "");
  };
  let atUpdate = false; // an update is looked at, and stays as long as no step is taken
  follow(refresh);

  beginning.push(() => {
    run();
    atUpdate = false;
    tried.clear();
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
  for (const id in actions) {
    const act = actions[id];
    $(id).onclick = actions[id] = () => {
      pause();
      act();
    };
  }
  slider.addEventListener("input", pause);
  $("reset").onclick = () => pick(picked);

  training.targets.forEach((y, i) => $("sample").add(new Option(`${i + 1}: y = ${written(y)}`, i)));
  $("sample").onchange = () => pick(+$("sample").value);
  at = passEnd();
}
