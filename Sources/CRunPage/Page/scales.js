// Scales: from values to places on an axis, with round marks.

/** About `count` round numbers within a range. */
const roundMarks = (low, high, count) => {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw * 0.999);
  const marks = [];
  for (let mark = Math.ceil(low / step - 1e-9); mark * step <= high + step * 1e-9 && marks.length < 50; mark++) {
    marks.push(Number((mark * step).toPrecision(12)));
  }
  return marks;
};

/** Powers of ten within a range, with 2 and 5 between them if there are few. */
const powerMarks = (low, high, count) => {
  const marks = [];
  const decades = Math.log10(high / low);
  if (decades < 0.7) return roundMarks(low, high, count);
  const factors = decades < 2 ? [1, 2, 5] : [1];
  const skip = Math.max(1, Math.ceil(decades / count));
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) {
      const mark = Number((factor * 10 ** power).toPrecision(3));
      if (mark >= low * 0.999 && mark <= high * 1.001 && power % skip === 0) marks.push(mark);
    }
  }
  return marks;
};

/** A scale of numbers from `low` at `start` to `high` at `end`. */
const numberScale = (low, high, start, end, isLog = false) => {
  if (!(low < high)) {
    const room = Math.abs(low) * 0.1 || 1;
    [low, high] = isLog ? [low / 1.5, high * 1.5] : [low - room, high + room];
  }
  const forth = isLog ? Math.log : (value) => value;
  const [first, length] = [forth(low), forth(high) - forth(low)];
  const place = (value) => start + ((forth(value) - first) / length) * (end - start);
  const value = (at) => {
    const inner = first + ((at - start) / (end - start)) * length;
    return isLog ? Math.exp(inner) : inner;
  };
  const marks = (count) => (isLog ? powerMarks(low, high, count) : roundMarks(low, high, count));
  return { low, high, place, value, marks, isLog };
};

/** The smallest and the largest of finite numbers; positive ones if they go on a logarithmic scale. */
const extent = (numbers, isLog = false) => {
  let [low, high] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (!Number.isFinite(number) || (isLog && number <= 0)) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return low <= high ? [low, high] : null;
};

/** How many runs can be ticked: each has a color and a kind of line. */
const [colorCount, dashes] = [7, [null, "6 3", "2 3", "8 3 2 3"]];
const mostTicked = colorCount * dashes.length;

/** The attributes of a line in the color of a slot. */
const lineStyle = (slot) => ({
  class: `series s${slot % colorCount}`, "stroke-dasharray": dashes[Math.floor(slot / colorCount) % dashes.length],
});

/** A short piece of a run's line. */
const swatch = (slot) =>
  g("svg", { class: "swatch", viewBox: "0 0 20 8", width: 20, height: 8, "aria-hidden": "true" },
    g("line", { ...lineStyle(slot), x1: 0, y1: 4, x2: 20, y2: 4 }));
