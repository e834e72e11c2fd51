
// --- the curve of the losses -----------------------------------------------------------------------

{
  const [WIDTH, HEIGHT, POINTS] = [300, 150, 300];
  let log = false;
  $("log").onclick = () => {
    log = !log;
    $("log").ariaPressed = log;
    resume();
  };
  const known = () => (engine.ready ? engine.losses : engine.losses.slice(0, -1));
  follow(() => {
    const losses = known();
    const loss = losses.at(-1);
    put("progress", losses.length ? `Step ${grouped(losses.length - 1)}: loss = ${decimal(loss)}` : "Step 0");
    const first = losses.findIndex((x) => !Number.isFinite(x));
    const since = first ? `since step ${grouped(first)}: lower the rate, and start again` : "before the first step";
    put("trouble", first < 0 ? "" : `The loss is ${decimal(losses[first])} ${since}`);
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
    put("lossrange", said);
    $("losses").ariaLabel = said;
  });
}
