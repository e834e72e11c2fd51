// Numbers: as Python writes them, as JSON has them, and as they are typed.

// JSON has no nan and no inf: they come as texts.
const float = (x) => (typeof x === "number" ? x : { nan: NaN, inf: Infinity, "-inf": -Infinity }[x]);

// 4 digits; halves go to even, and JavaScript's away from 0. What is written so may be near a half: all
// digits, which take long, tell.
const HALF = /^(-?\d\.\d\d[02468])50*e(.*)/;
const rounded = (x) => {
  const tie = HALF.test(x.toExponential()) && HALF.exec(x.toExponential(60));
  return tie ? `${tie[1]}e${tie[2]}` : x.toExponential(3);
};
const decimal = (x) => {
  let text = Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (Number.isFinite(x)) {
    const [digits, power] = (Math.abs(x) < 10_000 && Number.isInteger(x) ? x.toExponential() : rounded(x)).split("e");
    text = power < -4 || power > 3 ? `${+digits}e${+power}` : String(+`${digits}e${power}`);
    if (Object.is(x, -0)) text = "-0";
  }
  return text.replaceAll("-", "−");
};
const repr = (x) => {
  if (!Number.isFinite(x)) return decimal(x).replace("−", "-");
  const [digits, power] = x.toExponential().split("e");
  if (power < -4 || power > 15) return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  // JavaScript writes 0.00001 so, but no less; what is left here has neither of the two.
  return (Object.is(x, -0) ? "-0" : String(x)) + (Number.isInteger(x) ? ".0" : "");
};

const came = (use, uses) => `${use} of ${grouped(uses)} ${uses === 1 ? "use" : "uses"}`;
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

// A text is a number, a string, or both forms of one: as shown, and, where that is more, exactly.
const said = (text) => {
  if (typeof text !== "number") return [text].flat();
  const [short, exact] = [decimal(text), repr(text)];
  return short.replace("−", "-") === exact.replace(/\.0$/, "") ? [short] : [short, exact];
};

const finite = (x) => (Number.isFinite(x) ? x : 0);
const clamp = (low, x, high) => Math.max(low, Math.min(high, x));

// A number as it is typed, with either minus sign; undefined where it is none, or none that a float can be.
const typed = (text) => {
  const found = text.trim().replaceAll("−", "-").toLowerCase();
  const word = /^([+-]?)inf(inity)?$/.exec(found);
  if (word) return word[1] === "-" ? -Infinity : Infinity;
  if (found === "nan") return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(found) && isFinite(found) ? +found : undefined;
};
// What is wrong with what was typed, if anything is.
const misread = (text) =>
  typed(text) === undefined ? `“${text}” is ${Math.abs(text.replace("−", "-")) === Infinity ? "beyond 1.8e308, the largest number" : "no number such as 0.5, -2 or 1e-3"}` : "";

// In a sum and a product negative numbers are in brackets, but for the first.
const isSigned = (x) => x < 0 || Object.is(x, -0);
