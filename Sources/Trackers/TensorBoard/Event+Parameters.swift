// A run's parameters as events: for the tab HPARAMS (tensorboard/plugins/hparams/plugin_data.proto), which compares runs
// by them, and as a table in the tab TEXT.

import Protobuf

extension Event {
  /// The parameters at a run's start, for both tabs.
  static func parameters(_ parameters: [String: String], of run: TrackedStart, time: Int64) -> [UInt8] {
    let sorted = parameters.sorted { $0.key < $1.key }
    return sessionStartInfo(sorted, run, time: time) + table(sorted, run, time: time)
  }

  /// How a run ended, for the tab HPARAMS; nothing if it may be resumed.
  static func end(_ end: TrackedEnd) -> [UInt8] {
    guard end.status != .interrupted else { return [] }
    return hyperparameters("_hparams_/session_end_info", time: end.time) { data in
      data.message(4) {
        $0.integer(1, end.status == .done ? 1 : 2)
        $0.double(2, Double(end.time) / 1000)
      }
    }
  }

  private static func sessionStartInfo(
    _ parameters: [(key: String, value: String)], _ run: TrackedStart, time: Int64
  ) -> [UInt8] {
    hyperparameters("_hparams_/session_start_info", time: time) { data in
      data.message(3) { info in
        for (key, value) in parameters {
          info.message(1) { entry in
            entry.text(1, key)
            entry.message(2) { write(value, to: &$0) }
          }
        }
        info.text(4, run.id)
        info.double(5, Double(run.time) / 1000)
      }
    }
  }

  /// A google.protobuf.Value: a number or a Boolean, if the text is one, so that the tab can sort by it and filter.
  private static func write(_ text: String, to value: inout ProtobufMessage) {
    if let number = Double(text), number.isFinite {
      value.double(2, number)
    } else if text == "true" || text == "false" {
      value.integer(4, text == "true" ? 1 : 0)
    } else {
      value.text(3, text)
    }
  }

  private static func hyperparameters(
    _ tag: String, time: Int64, _ write: (inout ProtobufMessage) -> Void
  ) -> [UInt8] {
    var content = ProtobufMessage()
    write(&content)
    return pluginValue(tag: tag, plugin: "hparams", content: content.bytes, time: time) { tensor in
      // All is in the plugin's content; the value itself is a float that nobody reads.
      tensor.integer(1, 1)
      tensor.message(2) { _ in }
      tensor.float(5, 0)
    }
  }

  private static func table(
    _ parameters: [(key: String, value: String)], _ run: TrackedStart, time: Int64
  ) -> [UInt8] {
    let rows = [("command", run.command), ("run", run.id)] + parameters.map { ($0.key, $0.value) }
    let lines = ["| parameter | value |", "|---|---|"] + rows.map { "| \(cell($0)) | \(cell($1)) |" }
    return pluginValue(tag: "parameters", plugin: "text", content: [], time: time) { tensor in
      tensor.integer(1, 7)
      tensor.message(2) { _ in }
      tensor.text(8, lines.joined(separator: "\n"))
    }
  }

  /// Text in a cell of a Markdown table, without Markdown or HTML of its own.
  private static func cell(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { cell, scalar in
      switch scalar {
      case "\n", "\r", "\t": cell += " "
      case _ where "\\`*_{}[]<>()#+-.!|~&".unicodeScalars.contains(scalar): cell += "\\\(scalar)"
      default: cell.unicodeScalars.append(scalar)
      }
    }
  }
}
