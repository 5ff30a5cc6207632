// The axes of the parallel coordinates: one for each parameter and one for the result, with limits on each.

/** An axis between the heights `bottom` and `top`; rows without a value have a place of their own below it. */
class ParallelAxis {
  constructor(heading, rows, top, bottom) {
    [this.heading, this.top, this.bottom] = [heading, top, bottom];
    const values = rows.map((row) => heading.value(row)).filter((value) => value !== undefined);
    this.hasMissing = values.length < rows.length;
    this.isNumber = heading.isNumber && values.every((value) => typeof value === "number");
    if (this.isNumber) this.prepareNumbers(values);
    else this.values = [...new Set(values.map(String))].sort();
  }

  prepareNumbers(values) {
    const range = extent(values) ?? [0, 1];
    const isLog = range[0] > 0 && range[1] / range[0] >= 50;
    this.scale = numberScale(range[0], range[1], this.bottom, this.top, isLog);
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    const marks = distinct.length <= 8 ? distinct : this.scale.marks(6);
    this.marks = [];
    for (const mark of marks) {
      const last = this.marks[this.marks.length - 1];
      if (last === undefined || Math.abs(this.scale.place(last) - this.scale.place(mark)) >= 14) this.marks.push(mark);
    }
  }

  get name() {
    return headingText(this.heading);
  }

  /** The height of a row's value. */
  place(row) {
    const value = this.heading.value(row);
    if (value === undefined || (this.isNumber && !Number.isFinite(value))) return this.bottom + 24;
    return this.isNumber ? this.scale.place(value) : this.placeOf(String(value));
  }

  placeOf(text) {
    const count = this.values.length;
    const at = this.values.indexOf(text);
    return count === 1 ? (this.top + this.bottom) / 2 : this.bottom - (at / (count - 1)) * (this.bottom - this.top);
  }

  /** The marks as heights and texts; of many categories, as many as there is room for. */
  get labels() {
    if (this.isNumber) return this.marks.map((mark) => [this.scale.place(mark), tickText(mark)]);
    const skip = Math.ceil(this.values.length / 20);
    return this.values.filter((_, at) => at % skip === 0).map((value) => [this.placeOf(value), clipped(value, 16)]);
  }

  /** The limit that a range of heights means; null for none. */
  limit(first, second) {
    const [low, high] = [Math.max(first, second), Math.min(first, second)];
    if (low - high < 4) return null;
    if (!this.isNumber) return { allowed: new Set(this.values.filter((value) => this.placeOf(value) <= low && this.placeOf(value) >= high)) };
    const round = (height) => Number(this.scale.value(Math.max(this.top, Math.min(this.bottom, height))).toPrecision(4));
    return { low: round(low), high: round(high) };
  }

  /** Whether a row is within a limit. */
  allows(limit, row) {
    const value = this.heading.value(row);
    if (!limit) return true;
    if (value === undefined) return false;
    if (limit.allowed) return limit.allowed.has(String(value));
    return !(value < (limit.low ?? -Infinity)) && !(value > (limit.high ?? Infinity));
  }

  /** The heights that a limit covers. */
  covered(limit) {
    if (limit.allowed) {
      const heights = [...limit.allowed].map((value) => this.placeOf(value));
      return heights.length === 0 ? null : [Math.min(...heights) - 6, Math.max(...heights) + 6];
    }
    const inside = (height) => Math.max(this.top, Math.min(this.bottom, height));
    const low = limit.low === undefined ? this.bottom : inside(this.scale.place(limit.low));
    const high = limit.high === undefined ? this.top : inside(this.scale.place(limit.high));
    return Number.isFinite(low) && Number.isFinite(high) ? [Math.min(low, high), Math.max(low, high)] : null;
  }

  /** A limit as conditions of the filter. */
  conditions(limit) {
    const key = this.heading.key;
    if (limit.allowed) return [`${key}=${filterValue([...limit.allowed].join("|"))}`];
    return [limit.low === undefined ? null : `${key}>=${limit.low}`, limit.high === undefined ? null : `${key}<=${limit.high}`].filter((each) => each);
  }
}
