// The second version: a summary of each metric of a run, kept by triggers and indexed, so that the best of a million runs
// is found without reading their histories; and an index of parameters.

extension Schema {
  // A summary is updated with each value, and computed anew if a value is changed or deleted; when a run is deleted with
  // all its metrics, it is deleted too. `NOT EXISTS` instead of `OR IGNORE`: in a trigger, the conflict clause of the
  // statement that fires it would be used.
  static let version2 = """
    PRAGMA user_version = 2;

    CREATE TABLE metric_summaries (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      last_step INTEGER NOT NULL,
      last REAL,
      min_step INTEGER,
      min REAL,
      max_step INTEGER,
      max REAL,
      PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID;

    INSERT INTO metric_summaries (run_id, name, last_step, last)
      SELECT run_id, name, max(step), value FROM metrics GROUP BY run_id, name;
    UPDATE metric_summaries SET \(extremes);

    CREATE INDEX metric_summaries_by_last ON metric_summaries (name, last, run_id);
    CREATE INDEX metric_summaries_by_min ON metric_summaries (name, min, run_id);
    CREATE INDEX metric_summaries_by_max ON metric_summaries (name, max, run_id);
    CREATE INDEX params_by_key ON params (key, value, run_id);

    CREATE TRIGGER metric_inserted AFTER INSERT ON metrics BEGIN
      INSERT INTO metric_summaries (run_id, name, last_step)
        SELECT NEW.run_id, NEW.name, NEW.step
        WHERE NOT EXISTS (SELECT 1 FROM metric_summaries WHERE run_id = NEW.run_id AND name = NEW.name);
      UPDATE metric_summaries SET
        last = CASE WHEN NEW.step >= last_step THEN NEW.value ELSE last END,
        last_step = max(last_step, NEW.step),
        min_step = CASE WHEN NEW.value < min OR (min IS NULL AND NEW.value IS NOT NULL)
          OR (NEW.value = min AND NEW.step < min_step) THEN NEW.step ELSE min_step END,
        min = CASE WHEN NEW.value < min OR min IS NULL THEN NEW.value ELSE min END,
        max_step = CASE WHEN NEW.value > max OR (max IS NULL AND NEW.value IS NOT NULL)
          OR (NEW.value = max AND NEW.step < max_step) THEN NEW.step ELSE max_step END,
        max = CASE WHEN NEW.value > max OR max IS NULL THEN NEW.value ELSE max END
        WHERE run_id = NEW.run_id AND name = NEW.name;
    END;

    CREATE TRIGGER metric_updated AFTER UPDATE ON metrics WHEN NEW.value IS NOT OLD.value BEGIN
      UPDATE metric_summaries SET \(recent), \(extremes) WHERE run_id = NEW.run_id AND name = NEW.name;
    END;

    CREATE TRIGGER metric_deleted AFTER DELETE ON metrics
    WHEN EXISTS (SELECT 1 FROM runs WHERE id = OLD.run_id) BEGIN
      DELETE FROM metric_summaries WHERE run_id = OLD.run_id AND name = OLD.name
        AND NOT EXISTS (SELECT 1 FROM metrics WHERE run_id = OLD.run_id AND name = OLD.name);
      UPDATE metric_summaries SET \(recent), \(extremes) WHERE run_id = OLD.run_id AND name = OLD.name;
    END;

    DROP VIEW last_metrics;
    CREATE VIEW last_metrics AS
      SELECT run_id, name, last_step AS step, last AS value FROM metric_summaries;
    """

  /// The last value of a metric, from its history.
  private static let recent = """
    (last_step, last) = (
        SELECT step, value FROM metrics m
        WHERE m.run_id = metric_summaries.run_id AND m.name = metric_summaries.name ORDER BY step DESC LIMIT 1)
    """

  /// The smallest and the largest value of a metric, from its history; of equal ones, the first.
  private static let extremes = """
    (min_step, min) = (
        SELECT step, value FROM metrics m
        WHERE m.run_id = metric_summaries.run_id AND m.name = metric_summaries.name AND value IS NOT NULL
        ORDER BY value, step LIMIT 1),
      (max_step, max) = (
        SELECT step, value FROM metrics m
        WHERE m.run_id = metric_summaries.run_id AND m.name = metric_summaries.name AND value IS NOT NULL
        ORDER BY value DESC, step LIMIT 1)
    """
}
