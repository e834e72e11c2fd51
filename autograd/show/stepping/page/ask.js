
// --- ask first: a product and a sum are hidden until they are answered ------------------------

let asks = false;
const answered = new Map(); // for an event how many of its questions are

// Each with the numbers of famous mistakes, and what kind of wrong they are.
const questionsOf = (place) => {
  const { kind, node, slot, parent, upstream, local, contribution, before, after, use, flaw } = moves[place];
  if (kind !== "contribute" || flaw) return []; // what is wrong is told and not asked
  const [name, by] = [nodes[parent].name, nodes[node].name];
  const others = locals[node].filter((one, i) => i !== slot && one !== null && nodes[node].operands[i] !== parent);
  const product = {
    text: `What does ${by} add to ${name}.grad?`,
    right: contribution,
    wrong: [
      [local, `is the local derivative alone: it is multiplied by the upstream gradient, ${decimal(upstream)}`],
      [upstream, `is the upstream gradient alone: it is multiplied by the local derivative, ${decimal(local)}`],
      ...others.map((one) => [upstream * one, `takes the local derivative for another operand: for ${name} it is ${decimal(local)}`]),
      [-contribution, "has the wrong sign"],
      [upstream + local, "is upstream + local derivative: along a path derivatives are multiplied"],
      [data[parent], `is the number of ${name}: what flows back is a derivative`],
      [data[parent] * upstream, `takes the number of ${name} for its local derivative, which is ${decimal(local)}`],
      [upstream / local, "divides: along a path derivatives are multiplied"],
      [after, `is ${name}.grad with it: only what is added is asked for`],
    ],
  };
  const twice = nodes[node].operands.slice(0, slot).includes(parent);
  const sum = {
    text: `And what is ${name}.grad then?`,
    right: after,
    wrong: [
      [contribution, `is what = instead of += gives: the ${decimal(before)} before it is lost`],
      [before, twice ? `is what a set of parents gives, which holds ${name} once: each use counts` : "is the gradient before: what arrives is added to it"],
      [before - contribution, "subtracts: contributions are added, with their signs"],
      [before * contribution, "multiplies: contributions of several ways are added"],
      [-after, "has the wrong sign"],
    ],
  };
  return use > 1 ? [product, sum] : [product];
};

// As near as the digits that are shown.
const isNear = (x, y) => Object.is(x, y) || decimal(x) === decimal(y) || Math.abs(x - y) <= 5e-4 * Math.abs(y);
const question = (place) => (asks ? questionsOf(place)[answered.get(place) ?? 0] : undefined);
hidden = (place) => (!question(place) ? 0 : answered.get(place) ? 1 : 2);

const pose = () => {
  const asked = question(at);
  $("question").hidden = !asks || !questionsOf(at).length;
  for (const id of ["answer", "check", "choices", "reveal"]) $(id).hidden = !asked;
  write("asked", asked?.text ?? "");
  if (!asked) return;
  run();
  const { right, wrong } = asked;
  const picked = [right];
  for (const [x] of wrong) if (picked.length < 4 && x === x && !picked.some((one) => isNear(x, one))) picked.push(x);
  $("choices").replaceChildren(
    ...picked.sort((x, y) => x - y).map((x) => {
      const button = made("button", decimal(x));
      button.onclick = () => judge(x);
      return button;
    }),
  );
};

const goOn = (words) => {
  answered.set(at, (answered.get(at) ?? 0) + 1);
  $("answer").value = "";
  show(at);
  write("verdict", words);
  (question(at) ? $("answer") : $("forward")).focus();
};
const judge = (x) => {
  const { right, wrong } = question(at);
  if (isNear(x, right)) return goOn(`Right: ${decimal(right)}`);
  const known = wrong.find(([one]) => isNear(x, one) && !isNear(one, right));
  write("verdict", `${decimal(x)} ${known ? known[1] : "is not it, and none of the famous mistakes: look at the two numbers again"}`);
};
const check = () => {
  const wrong = misread($("answer").value);
  $("answer").ariaInvalid = !!wrong;
  if (wrong) write("verdict", wrong);
  else judge(typed($("answer").value));
};

$("check").onclick = check;
$("reveal").onclick = () => goOn(`It is ${decimal(question(at).right)}`);
$("answer").onkeydown = (event) => {
  event.stopPropagation();
  if (event.key !== "Enter") return;
  event.preventDefault(); // it would press the button that gets the focus
  check();
};
$("ask").onclick = () => {
  asks = !asks;
  $("ask").ariaPressed = asks;
  answered.clear();
  show(at);
};
listeners.push((moved) => {
  if (moved) {
    write("verdict", "");
    $("answer").value = "";
    $("answer").ariaInvalid = false;
  }
  pose();
});
changed.push(() => answered.clear()); // other numbers are other questions
