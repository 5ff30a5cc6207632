// What TensorBoard, MLflow, Trackio and DVC read of our runs, compared value by value. The tests need Python packages,
// which fixtures/trackers/README.md lists, in the Python of `$RNN_PYTHON`, else `python3`; they are skipped without them.

import CommandRunning
import Foundation
import Testing

@Suite struct TrackerProgramTests {
  private static let python: String = {
    let named = ProcessInfo.processInfo.environment["RNN_PYTHON"] ?? "python3"
    return named.contains("/") ? URL(fileURLWithPath: named).path : named
  }()

  private static func has(_ module: String) -> Bool {
    (try? CommandRunner().run(
      "'\(python)' -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec(\"\(module)\"))'",
      timeout: 30))?
      .exit == 0
  }

  private static let runs = """
    rnn-synth sine --length 120 --seed 1 -q | rnn-window --length 5 -q -o d
    train() { rnn-train d --layers "gru(2) dense(1)" -q -o m "$@"; }

    """

  @Test(.enabled(if: has("tensorboard"), "the Python package tensorboard is not installed"))
  func tensorBoardReadsEventFiles() throws {
    let runner = try CommandRunner()
    let script =
      Self.runs + """
        train --epochs 3 --name live --tensorboard logs; train --epochs 4 --optimizer "sgd(1e38)"; train --epochs 2 --name late
        rnn-runs export --stage train --status done --tensorboard logs -q > /dev/null
        '\(Self.python)' $FIXTURES/trackers/read_tensorboard.py logs
        """
    try compare(runner, runner.run(script, timeout: 120), single: true)
  }

  @Test(.enabled(if: has("trackio"), "the Python package trackio is not installed"))
  func trackioReadsAProject() throws {
    let runner = try CommandRunner()
    let script =
      Self.runs + """
        train --epochs 3 --name a; train --epochs 2 --name a; train --epochs 1
        rnn-runs export --stage train --trackio folder --project p -q > /dev/null
        TRACKIO_DIR=folder '\(Self.python)' $FIXTURES/trackers/read_trackio.py p
        """
    try compare(runner, runner.run(script, timeout: 120))
  }

  @Test(.enabled(if: has("mlflow"), "the Python package mlflow is not installed"))
  func mlflowReadsWhatWasSent() throws {
    let runner = try CommandRunner()
    let script =
      Self.runs + """
        export MLFLOW_DISABLE_TELEMETRY=true
        '\(Self.python)' -m mlflow server --backend-store-uri sqlite:///mlflow.db --host 127.0.0.1 --port 0 --workers 1 \\
          > server.log 2>&1 &
        for i in $(seq 180); do
          port=$(grep -o 'http://127.0.0.1:[0-9]*' server.log | head -n 1); [ -n "$port" ] && break; sleep 1
        done
        train --epochs 3 --name a; train --epochs 300 --name b
        RNN_MLFLOW_URI=$port train --epochs 2000 2> /dev/null
        rnn-runs push --stage train --mlflow $port -q > /dev/null; rnn-runs push --stage train --mlflow $port | tail -n 1 >&2
        '\(Self.python)' $FIXTURES/trackers/read_mlflow.py $port rnnpipe
        """
    let result = try runner.run(script, timeout: 600)
    #expect(result.stderr.isEmpty == false || result.exit == 0)
    try compare(runner, result)
  }

  @Test(.enabled(if: has("dvc"), "the Python package dvc is not installed"))
  func dvcShowsMetricsAndParameters() throws {
    let runner = try CommandRunner()
    let script =
      Self.runs + """
        train --epochs 3 --name a; rnn-runs export a --dvc dvclive -q > /dev/null
        '\(Self.python)' -m dvc init --no-scm -q
        '\(Self.python)' -m dvc metrics show --json; '\(Self.python)' -m dvc plots show --json 2> /dev/null; echo
        rnn-runs metrics a --json
        """
    let lines = try runner.run(script, timeout: 180).stdout.split(separator: "\n").map(String.init)
    let shown = try #require(lines.first)
    let last = try #require(lines.last)
    for metric in try JSONDecoder().decode([RecordedValue].self, from: Data(last.utf8)) where metric.step == 3
    {
      #expect(shown.contains("\"\(metric.name)\": \(metric.value ?? .nan)"), "\(shown)")
    }
    #expect(lines.dropFirst().joined().contains("plots/metrics/loss.tsv"))
  }

  /// Compares lines `RUN NAME STEP VALUE` and `RUN parameters N` with what the registry has.
  /// - Parameter single: whether values are 32-bit floats.
  private func compare(_ runner: CommandRunner, _ result: CommandResult, single: Bool = false) throws {
    #expect(result.exit == 0, "\(result)")
    let export = try runner.run(
      "rnn-runs export --stage train --status done --format jsonl --history", timeout: 20)
    var expected: [String: Double] = [:]
    for line in export.stdout.split(separator: "\n") {
      let run = try JSONDecoder().decode(RecordedRun.self, from: Data(line.utf8))
      // The seed is a column of the registry, and a parameter for others.
      expected["\(run.id) parameters"] = Double(run.params.count + 1)
      for metric in run.history {
        let step = String(1_000_000_000 + metric.step).dropFirst()
        let value = metric.value ?? .nan
        expected["\(run.id) \(metric.name) \(step)"] = single ? Double(Float(value)) : value
      }
    }
    var found: [String: Double] = [:]
    for line in result.stdout.split(separator: "\n") {
      let words = line.split(separator: " ")
      let key = words.dropLast().joined(separator: " ")
      #expect(found[key] == nil, "twice: \(key)")
      found[key] = Double(words.last ?? "")
    }
    #expect(Set(found.keys) == Set(expected.keys))
    for (key, value) in expected {
      let other = try #require(found[key])
      #expect(other == value || other.isNaN && value.isNaN, "\(key): \(other), not \(value)")
    }
  }
}

/// A line of rnn-runs export --format jsonl --history.
private struct RecordedRun: Decodable {
  let id: String
  let params: [String: String]
  let history: [RecordedValue]
}

/// One value of a metric.
private struct RecordedValue: Decodable {
  let name: String
  let step: Int
  let value: Double?
}
