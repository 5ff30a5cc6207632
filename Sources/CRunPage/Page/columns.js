// Reading the data: base64, zlib, JSON, and columns that are unfolded when they are first used.

/** The bytes of a base64 text. */
const decodedBase64 = (text) => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
};

/** The JSON in an element's base64 text. */
const decodedData = async (element) => {
  const text = element.textContent;
  element.remove();
  const stream = new Blob([decodedBase64(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
};

/** The value of each row, undefined for none. */
const unfolded = ({ numbers, index, values, rows }, count) => {
  if (!numbers && !index) return values.slice();
  const all = new Array(count);
  const given = numbers ?? index;
  // Loops: with 100,000 runs, calls of a function for each value would take much of the time until the page is there.
  for (let at = 0, row = 0; at < given.length; at++) {
    row = rows ? row + rows[at] : at;
    const value = given[at];
    if (index) {
      if (value >= 0) all[row] = values[value];
    } else if (value !== null) {
      all[row] = typeof value === "string" ? Number(value) : value;
    }
  }
  return all;
};

/** Columns of one kind, by name. */
class Columns {
  constructor(encoded, count) {
    this.encoded = new Map(Object.entries(encoded ?? {}));
    this.count = count;
    this.unfolded = new Map();
  }

  get names() {
    return [...new Set([...this.encoded.keys(), ...this.unfolded.keys()])];
  }

  /** The value of each row, undefined for none. */
  get(name) {
    let column = this.unfolded.get(name);
    if (!column) {
      const encoded = this.encoded.get(name);
      column = encoded ? unfolded(encoded, this.count) : [];
      this.unfolded.set(name, column);
    }
    return column;
  }

  value(name, row) {
    return this.get(name)[row];
  }

  /** The number of different values, without unfolding a column for it; a later change may add some. */
  distinct(name) {
    const encoded = this.encoded.get(name);
    if (!this.unfolded.has(name) && encoded?.values) return encoded.values;
    return [...new Set(this.get(name))].filter((value) => value !== undefined);
  }

  /** How many rows have a value. */
  filled(name) {
    const encoded = this.encoded.get(name);
    if (encoded?.rows) return encoded.rows.length;
    return this.get(name).reduce((sum, value) => (value === undefined ? sum : sum + 1), 0);
  }

  /** Takes over a row of other columns. */
  copy(row, others, otherRow) {
    for (const name of new Set([...this.names, ...others.names])) this.get(name)[row] = others.value(name, otherRow);
  }
}
