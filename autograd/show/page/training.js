
// --- the steps of a training -----------------------------------------------------------------

let training;

const turn = (to) => {
  step = Math.max(0, Math.min(losses.length - 1, to));
  const [x, y, loss, digits] = losses[step];
  const about = `Step ${step + 1} of ${losses.length}: loss = `;
  $("line").setAttribute("d", `M${x} 0V100`);
  $("dot").setAttribute("d", y === null ? "" : `M${x} ${y}h0`);
  write("loss", about + loss, about + digits);
  $("step").value = step + 1;
  $("step").ariaValueText = about + loss;
  $("earlier").disabled = !step;
  $("later").disabled = step === losses.length - 1;
  show(at);
};

const train = (start) => {
  clearInterval(training);
  training = start && setInterval(() => (step < losses.length - 1 ? turn(step + 1) : train(false)), $("speed").value / 2);
  $("train").textContent = start ? "Pause training" : "Play training";
  $("panel").ariaLive = $("loss").ariaLive = start ? "off" : "polite";
};

const walk = (to) => {
  play(false);
  train(false);
  turn(to);
};
$("earlier").onclick = actions.earlier = () => walk(step - 1);
$("later").onclick = actions.later = () => walk(step + 1);
$("train").onclick = () => {
  const start = !training;
  walk(start && step === losses.length - 1 ? 0 : step);
  train(start);
};
$("step").max = losses.length;
$("step").oninput = () => walk($("step").value - 1);
keys.PageUp = "earlier";
keys.PageDown = "later";
train(false);
turn(0);
go(LAST);
