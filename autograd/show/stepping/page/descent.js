
// --- gradient descent: the mean loss of all samples and its gradient, on typed arrays ----------

// One graph for all samples ("tape", which training.py describes): for each sample the numbers in its
// columns are other ones. The sums are those of Python, in the order of backward(): of a node from its first
// contribution on, of all samples from the first on, and these divided by their number.
const descent = ({ tape, parameters, columns, samples }, table) => {
  const SLICE = 20_000; // nodes that are gone through between two looks at the time
  const { ops, operands, counts, constants } = tape;
  const size = ops.length;
  const places = Int32Array.from(parameters, ({ place }) => place);
  const rows = samples.map((row) => Float64Array.from(row, float));

  // The operands of a node begin at start[node]; a plain number has its place behind the nodes.
  const start = new Int32Array(size + 1);
  ops.forEach((op, node) => (start[node + 1] = start[node] + (op < 0 ? 0 : counts[op])));
  const from = Int32Array.from(operands, (x) => (x < 0 ? size - 1 - x : x));
  const computed = Int32Array.from([...ops.keys()].filter((node) => ops[node] >= 0));
  const [value, locals] = ["value", "locals"].map((name) => ops.map((op) => table[op]?.[name]));
  const steady = ops.map((op) => (tape.steady[op] ? table[op].locals() : null)); // the same for all numbers
  const strong = Uint8Array.from(ops, (op) => table[op]?.strong ?? 0);

  // A gradient is followed only along the slots that lead to a parameter.
  const leads = new Uint8Array(size + tape.numbers.length);
  for (const place of places) leads[place] = 1;
  for (const place of constants) leads[place] = 0;
  for (const node of computed) for (let s = start[node]; s < start[node + 1]; s++) leads[node] |= leads[from[s]];

  const sheet = () => {
    const data = new Float64Array(size + tape.numbers.length);
    const leaves = tape.leaves.map(float);
    let next = 0;
    ops.forEach((op, node) => op < 0 && (data[node] = leaves[next++]));
    data.set(tape.numbers.map(float), size);
    return data;
  };
  const [data, other] = [sheet(), sheet()];
  const [adjoint, reached] = [new Float64Array(size), new Uint8Array(size)];

  const spare = counts.map((count) => new Array(count));
  const operandsOf = (data, node) => {
    const xs = spare[ops[node]];
    for (let k = 0, s = start[node]; k < xs.length; k++) xs[k] = data[from[s + k]];
    return xs;
  };
  const forward = (data, begin, end) => {
    for (let i = begin; i < end; i++) {
      const node = computed[i];
      const s = start[node];
      const n = start[node + 1] - s;
      const f = value[node];
      data[node] =
        n === 2 ? f(data[from[s]], data[from[s + 1]])
        : n === 1 ? f(data[from[s]])
        : f(...operandsOf(data, node));
    }
  };
  // From the node before `begin` down to `end`.
  const backward = (begin, end) => {
    for (let i = begin - 1; i >= end; i--) {
      const node = computed[i];
      if (!reached[node]) continue;
      const upstream = adjoint[node];
      const s = start[node];
      const n = start[node + 1] - s;
      const f = locals[node];
      const slopes =
        steady[node] ? steady[node]
        : n === 2 ? f(data[from[s]], data[from[s + 1]], data[node])
        : n === 1 ? f(data[from[s]], data[node])
        : f(...operandsOf(data, node), data[node]);
      const zero = strong[node] && upstream === 0; // a strong op passes back 0 for 0
      for (let k = 0; k < n; k++) {
        const parent = from[s + k];
        if (!leads[parent] || slopes[k] === null) continue;
        const contribution = zero ? 0 : upstream * slopes[k];
        // Starting from the first: 0 + -0 would be 0.
        adjoint[parent] = reached[parent] ? adjoint[parent] + contribution : contribution;
        reached[parent] = 1;
      }
    }
  };

  const found = {
    weights: Float64Array.from(parameters, (one) => float(one.data)),
    velocity: new Float64Array(places.length),
    gradient: new Float64Array(places.length), // of the mean loss
    touched: new Uint8Array(places.length), // whether a gradient reaches a parameter at all
    sampleLosses: new Float64Array(rows.length),
    losses: [], // the mean loss before each step, and now
    ready: false, // whether loss and gradient are those of the weights as they are
    done: 0, // samples that they are worked out of so far
  };
  const start_ = found.weights.slice();

  // Puts the weights and the numbers of a sample there.
  const fill = (data, row) => {
    places.forEach((place, i) => (data[place] = found.weights[i]));
    columns.forEach((place, i) => (data[place] = row[i]));
  };

  // Goes through all samples; after every slice it lets others have their turn.
  function* measure() {
    const { gradient, touched } = found;
    const sums = new Float64Array(places.length);
    const came = new Uint8Array(places.length);
    let loss = 0;
    for (const [which, row] of rows.entries()) {
      found.done = which;
      fill(data, row);
      for (let i = 0; i < computed.length; i += SLICE) {
        forward(data, i, Math.min(i + SLICE, computed.length));
        if (computed.length > SLICE) yield;
      }
      found.sampleLosses[which] = data[size - 1];
      loss = which ? loss + data[size - 1] : data[size - 1];
      reached.fill(0);
      if (leads[size - 1]) [reached[size - 1], adjoint[size - 1]] = [1, 1];
      for (let i = computed.length; i > 0; i -= SLICE) {
        backward(i, Math.max(i - SLICE, 0));
        if (computed.length > SLICE) yield;
      }
      places.forEach((place, i) => {
        if (!reached[place]) return;
        sums[i] = came[i] ? sums[i] + adjoint[place] : adjoint[place];
        came[i] = 1;
      });
      if ((which + 1) % Math.ceil(SLICE / size) === 0) yield;
    }
    sums.forEach((sum, i) => (gradient[i] = sum / rows.length));
    touched.set(came);
    found.losses[found.losses.length - 1] = loss / rows.length;
    found.ready = true;
  }

  let work;
  const restart = () => {
    [work, found.ready] = [undefined, false];
    found.losses[Math.max(0, found.losses.length - 1)] = NaN; // not known yet
  };
  restart();

  // What a step does to a parameter: its new velocity and its new weight.
  const stepped = (i, rate, momentum) => {
    const velocity = momentum ? momentum * found.velocity[i] + found.gradient[i] : found.gradient[i];
    return [velocity, found.weights[i] - rate * velocity];
  };

  return Object.assign(found, {
    restart, // after weights were changed from outside
    stepped,
    // Works for a slice; whoever calls it again and again finds it ready at last.
    work() {
      work ??= measure();
      if (work.next().done) work = undefined;
    },
    // Takes a step, when it is ready.
    step(rate, momentum) {
      found.touched.forEach((is, i) => is && ([found.velocity[i], found.weights[i]] = stepped(i, rate, momentum)));
      found.losses.push(NaN);
      restart();
    },
    again() {
      found.weights.set(start_);
      found.velocity.fill(0);
      found.losses.length = 0;
      restart();
    },
    // The numbers of all nodes for the numbers of a sample, some of them replaced.
    evaluate(row, replaced) {
      fill(other, row);
      for (const [place, x] of replaced) other[place] = x;
      forward(other, 0, computed.length);
      return other;
    },
    row: (which) => rows[which],
  });
};
