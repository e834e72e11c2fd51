
// --- why: the reasons, as names.py gives them; another choice has others -----------------------

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const MOST_USES = 4; // that are named one by one
const counted = (number) => COUNTS[number] ?? grouped(number);
const times = (number) => (number === 2 ? "twice" : `${counted(number)} times`);
const joined = (words) => (words[1] ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0]);
const each = (users) =>
  [...new Set(users)].map((one) => {
    const often = users.filter((other) => other === one).length;
    return nodes[one].name + (often > 1 ? ` (${times(often)})` : "");
  });
// Those that pass a gradient on to a node in a right pass, in order, twice for x·x.
const usersOf = (node) => {
  const users = [];
  users[ROOT] = [];
  for (let user = ROOT; user > node; user--) {
    if (users[user]) for (const [, parent] of flows(user)) (users[parent] ??= []).unshift(user);
  }
  return users[node] ?? [];
};

const whySeed = (grad) => (grad === 1 ? `1, because ${root} is what we differentiate` : `${decimal(grad)}, because the pass was asked to start with it`);

const whyAdded = (parent, use) => {
  const [users, { name }] = [usersOf(parent), nodes[parent]];
  const [several, count, only] = [new Set(users).size, users.length, nodes[users[0]]?.name];
  if (count < use) return NOTHING; // a pass with a mistake in it
  if (count === 1) return `alone, because ${only} is the only use of ${name}`;
  const first = use > 1 ? "added" : `the first of ${counted(count)}`;
  if (several === 1) return `${first}, because ${name} is used ${times(count)} in ${only}`;
  const ways = `${first}, because ${name} reaches ${root} in ${counted(count)} ways`;
  if (several > MOST_USES) return ways;
  const through = each(users.filter((user) => user !== ROOT)).map((user) => `through ${user}`);
  return `${ways}, ${joined(users.includes(ROOT) ? [...through, "directly"] : through)}`;
};

const whyFinal = (node) => {
  const users = usersOf(node);
  const several = new Set(users).size;
  if (node === ROOT) return "final: the pass starts here, so that nothing else contributes";
  if (!users.length) return NOTHING; // a pass with a mistake in it
  const { name } = nodes[users[0]];
  if (users.length === 1) return `final: its only use, ${name}, has contributed`;
  const uses = users.length === 2 ? "both its uses" : `all ${counted(users.length)} uses`;
  const named = several === 1 ? `, in ${name},` : several > MOST_USES ? "" : `, ${joined(each(users))},`;
  return `final: ${uses}${named} have contributed`;
};

const reasonAt = (place) => {
  const { kind, node, parent, use, grad, flaw, why } = moves[place];
  if (why) return why;
  if (kind === "given" || kind === "forward" || flaw) return NOTHING; // the reasons are those of what is right
  return kind === "seed" ? whySeed(grad) : kind === "final" ? whyFinal(node) : whyAdded(parent, use);
};
listeners.push(() => write("reason", reasonAt(at)));
