
// --- the events of a recording, which is handed them -------------------------------------------

const NUMBERS = ["data", "grad", "upstream", "local", "contribution", "before", "after"];
const read = (event) => {
  for (const key of NUMBERS) if (key in event) event[key] = Array.isArray(event[key]) ? event[key].map(float) : float(event[key]);
  return event;
};
data = given;
locals = recording.locals.map((each) => each?.map((x) => (x === null ? null : float(x))));
moves = recording.events.map(read);
