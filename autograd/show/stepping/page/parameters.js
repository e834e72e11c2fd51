
// --- the table of the parameters -------------------------------------------------------------------

{
  const ROWS = 60; // of the table
  const rows = new Map();
  const choose = () => {
    const order = [...training.parameters.keys()];
    const size = (i) => Math.abs(engine.gradient[i]);
    if (order.length > ROWS) order.sort((i, j) => size(j) - size(i));
    rows.clear();
    for (const i of order.slice(0, ROWS)) {
      const row = made("tr");
      row.append(...["th", "td", "td", "td"].map((kind) => made(kind)));
      row.firstChild.scope = "row";
      // On a narrow page a name breaks between its parts.
      row.firstChild.append(...training.parameters[i].name.split(/(?<=[.])/).flatMap((part) => [part, made("wbr")]));
      rows.set(i, row);
    }
    $("rows").replaceChildren(...rows.values());
    const more = order.length - rows.size;
    put("more", more > 0 ? `The ${ROWS} with the largest gradients; ${grouped(more)} more` : "");
  };
  follow((settled) => {
    if (!rows.size || (settled && training.parameters.length > ROWS)) choose();
    if (!$("weights").open) return;
    for (const [i, row] of rows) {
      const [velocity] = engine.stepped(i, rate, momentum);
      const numbers = [engine.weights[i], ...(engine.ready ? [engine.gradient[i], engine.touched[i] ? 0 - rate * velocity : 0] : [])];
      [...row.children].slice(1).forEach((cell, k) => {
        if (k < numbers.length) [cell.textContent, cell.title] = [decimal(numbers[k]), repr(numbers[k])];
      });
    }
  });
  $("weights").ontoggle = () => resume();
  $("weights").onkeydown = (event) => event.stopPropagation(); // a space opens it
}
