
// --- the mistakes in the events of a pass, as flaws.py says them -----------------------

// Equal but for rounding.
const isAlike = (x, y) => Object.is(x, y) || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));

// The same events, each with the mistake in it as flaws.py says it.
const withFlaws = (events, right) => {
  const [uses, toCome] = [[], []];
  for (const { kind, parent, uses: all } of events) {
    if (kind === "contribute") [uses[parent], toCome[parent]] = [all, (toCome[parent] ?? 0) + 1];
  }
  let [arrived, passed] = [[], []];
  const off = ({ node, grad }) => (isAlike(right[node] ?? grad, grad) ? undefined : `${decimal(right[node])} is right`);
  const unfinished = (event) => {
    const { node } = event;
    const [come, all] = [arrived[node] ?? 0, uses[node] ?? 0];
    if (come >= all) return undefined;
    const [word, rest] = [toCome[node] ? "too early" : "incomplete", off(event)];
    return { word, text: `${word}: only ${came(come, all)} contributed${rest ? `; ${rest}` : ""}` };
  };
  const added = ({ contribution, before, after, parent, use }) => {
    const total = before + contribution;
    if (!Object.is(total, after) && (before !== 0 || contribution !== after)) {
      const text = `overwritten: ${decimal(before)} is lost; before + contribution is ${decimal(total)}`;
      return { word: "overwritten", text, signs: ["=", EQUAL, "≠"] };
    }
    const signs = [ADDS, EQUAL, EQUAL];
    if (passed[parent]) return { word: "too late", text: `too late: ${nodes[parent].name} has passed its gradient on already`, signs };
    if (use === 1 && before !== 0) return { word: "not zeroed", text: `not zeroed: ${decimal(before)} is left of an earlier pass`, signs };
    return undefined;
  };
  return events.map((event) => {
    const { kind, node, parent, use } = event;
    let flaw;
    if (kind === "seed") [arrived, passed] = [[], []];
    if (kind === "final") {
      passed[node] = true;
      flaw = unfinished(event) ?? (off(event) && { word: "wrong", text: `wrong: ${off(event)}` });
    }
    if (kind === "contribute") {
      arrived[parent] = use;
      toCome[parent]--;
      flaw = added(event);
    }
    return flaw ? { ...event, flaw } : event;
  });
};
