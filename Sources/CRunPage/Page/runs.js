// The runs: a row for each, with its properties, parameters, tags, metrics, inputs, outputs, curves and pictures.

class Runs {
  constructor(data) {
    this.data = data;
    this.count = data.count;
    this.rows = Array.from({ length: data.selected }, (_, row) => row);
    this.plain = new Columns(data.columns, data.count);
    this.params = new Columns(data.params, data.count);
    this.tags = new Columns(data.tags, data.count);
    this.steps = new Columns(data.steps, data.selected);
    this.metrics = new Map(Object.entries(data.metrics).map(([name, each]) => [name, new Columns(each, data.count)]));
    this.files = { inputs: Runs.byRun(data.inputs), outputs: Runs.byRun(data.outputs) };
    this.curves = new Map((data.curves ?? []).map(({ run, curves }) => [run, Runs.byMetric(curves)]));
    this.pictures = new Map();
    for (const picture of data.pictures ?? []) this.addPicture(picture.run, picture);
  }

  addPicture(row, picture) {
    if (!this.pictures.has(row)) this.pictures.set(row, []);
    this.pictures.get(row).push(picture);
  }

  static byMetric(curves) {
    return new Map(curves.map((curve) => [curve.metric, curve]));
  }

  /** Inputs or outputs by the row of their run, found when they are first asked for. */
  static byRun(encoded) {
    const columns = new Columns(encoded, encoded.count);
    const { count, ...rest } = encoded;
    const names = Object.keys(rest);
    let lists = null;
    const indexed = () => {
      lists = new Map();
      columns.get("run").forEach((run, at) => {
        if (!lists.has(run)) lists.set(run, []);
        lists.get(run).push(at);
      });
      return lists;
    };
    const changed = new Map();
    return {
      of: (row) => changed.get(row) ?? ((lists ?? indexed()).get(row) ?? []).map((at) =>
        Object.fromEntries(names.map((name) => [name, columns.value(name, at)]))),
      put: (row, list) => changed.set(row, list),
    };
  }

  id(row) {
    return this.plain.value("id", row);
  }

  short(row) {
    return shortID(this.id(row));
  }

  /** A run's name, or else its short id. */
  label(row) {
    const name = this.plain.value("name", row);
    return name === undefined ? this.short(row) : `${visible(name)} (${this.short(row)})`;
  }

  rowOf(id) {
    if (!this.rowsByID) this.rowsByID = new Map(this.plain.get("id").map((known, row) => [known, row]));
    return this.rowsByID.get(id);
  }

  metric(name, statistic, row) {
    return this.metrics.get(name)?.value(statistic, row);
  }

  /** The runs that read what the run wrote, as rows. */
  readers(row) {
    if (!this.downstream) {
      this.downstream = new Map();
      for (let reader = 0; reader < this.count; reader++) {
        for (const input of this.files.inputs.of(reader)) {
          if (input.upstream === undefined) continue;
          if (!this.downstream.has(input.upstream)) this.downstream.set(input.upstream, new Set());
          this.downstream.get(input.upstream).add(reader);
        }
      }
    }
    return [...(this.downstream.get(this.id(row)) ?? [])];
  }

  /** Takes over runs that are new or have changed. */
  merge(data) {
    const others = new Runs(data);
    for (let from = 0; from < others.count; from++) {
      const id = others.id(from);
      let row = this.rowOf(id);
      if (row === undefined) {
        row = this.count++;
        this.rowsByID.set(id, row);
        if (from < data.selected) this.rows.unshift(row);
      }
      this.take(row, others, from);
    }
    this.downstream = null;
  }

  take(row, others, from) {
    this.plain.copy(row, others.plain, from);
    this.params.copy(row, others.params, from);
    this.tags.copy(row, others.tags, from);
    this.steps.copy(row, others.steps, from);
    for (const [name, columns] of others.metrics) {
      if (!this.metrics.has(name)) this.metrics.set(name, new Columns({}, this.count));
      this.metrics.get(name).copy(row, columns, from);
    }
    for (const kind of ["inputs", "outputs"]) this.files[kind].put(row, others.files[kind].of(from));
    this.pictures.set(row, others.pictures.get(from) ?? []);
    this.curves.delete(row);
  }
}
