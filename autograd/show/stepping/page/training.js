
// --- the steps of a training -----------------------------------------------------------------

const turn = (to) => {
  step = Math.max(0, Math.min(losses.length - 1, to));
  const [x, y, ...loss] = losses[step];
  const about = `Step ${step + 1} of ${losses.length}: loss = ${loss.at(-digits)}`;
  $("line").setAttribute("d", `M${x} 0V100`);
  $("dot").setAttribute("d", y === null ? "" : `M${x} ${y}h0`);
  write("loss", about);
  $("step").value = step + 1;
  $("step").ariaValueText = about;
  $("earlier").ariaDisabled = !step;
  $("later").ariaDisabled = step === losses.length - 1;
  show(at, true);
};

plays.train = { more: () => step < losses.length - 1, next: () => turn(step + 1), again: () => turn(0), words: " training", pace: 0.5 };
const walk = (to) => {
  run();
  turn(to);
};
actions.earlier = () => walk(step - 1);
actions.later = () => walk(step + 1);
actions.train = toggle("train");
for (const id of ["earlier", "later", "train"]) $(id).onclick = actions[id];
$("step").max = losses.length;
$("step").oninput = () => walk($("step").value - 1);
keys.PageUp = "earlier";
keys.PageDown = "later";
$("digits").addEventListener("click", () => turn(step));
turn(0);
go(count() - 1);
