// Keeping a served page up to date: runs that are new or were running are asked for every few seconds, and curves when
// their run is ticked.

const refreshTime = 2_500;

class LiveUpdates {
  constructor(runs, changed) {
    [this.runs, this.changed] = [runs, changed];
    this.isAsking = false;
    setInterval(() => this.refresh(), refreshTime);
    document.addEventListener("visibilitychange", () => this.refresh());
  }

  /** The ids of the runs that may still change, the newest first. */
  get running() {
    const statuses = this.runs.plain.get("status");
    return this.runs.rows.filter((row) => statuses[row] === "running").slice(0, 100).map((row) => this.runs.id(row));
  }

  get newest() {
    return this.runs.rows.reduce((newest, row) => (this.runs.id(row) > newest ? this.runs.id(row) : newest), "");
  }

  async refresh() {
    if (document.hidden || this.isAsking) return;
    this.isAsking = true;
    try {
      const query = new URLSearchParams([["after", this.newest], ...this.running.map((id) => ["run", id])]);
      const data = await answer(`changes?${query}`);
      const known = this.running.length > 0 || data.count > 0;
      if (data.count > 0) this.runs.merge(data);
      this.mark(true);
      if (known && data.count > 0) this.changed(data.columns.id.values);
    } catch {
      this.mark(false);
    }
    this.isAsking = false;
  }

  mark(isConnected) {
    const mark = byID("live");
    mark.hidden = false;
    mark.className = isConnected ? "live" : "live lost";
    const text = t(isConnected ? "live" : "lost");
    if (mark.lastElementChild.textContent !== text) mark.lastElementChild.textContent = text;
  }

  /** Fetches the curves of rows that have none yet. */
  async fetchCurves(rows) {
    const ids = rows.filter((row) => !this.runs.curves.has(row)).map((row) => this.runs.id(row));
    if (ids.length === 0) return;
    const { curves } = await answer(`curves?${new URLSearchParams(ids.map((id) => ["run", id]))}`);
    for (const { id, curves: each } of curves) this.runs.curves.set(this.runs.rowOf(id), Runs.byMetric(each));
  }
}

/** The JSON that the server answers. */
const answer = async (address) => {
  const response = await fetch(address, { cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status} ${(await response.text()).trim()}`);
  return response.json();
};
