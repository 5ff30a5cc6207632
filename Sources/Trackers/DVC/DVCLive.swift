// The files of DVCLive, which DVC shows (https://dvc.org/doc/dvclive/how-it-works): metrics.json with the last values,
// params.yaml, a TSV file for the history of each metric, and dvc.yaml, which tells DVC of them.

import JSON

/// The files of runs for DVC.
public enum DVCLive {
  /// The files of one run, by their paths in its folder.
  public static func files(of run: TrackedRun) -> [(path: String, text: String)] {
    let names = fileNames(run)
    let plots = names.sorted { $0.key < $1.key }.map { name, file in
      ("plots/metrics/\(file).tsv", history(of: name, run))
    }
    return [("metrics.json", summary(run)), ("params.yaml", parameters(run))] + plots
  }

  /// The text of dvc.yaml.
  /// - Parameter folders: the folders of the runs, relative to that of dvc.yaml; an empty name is that one.
  public static func configuration(_ folders: [String]) -> String {
    let paths = folders.map { $0.isEmpty ? "" : "\($0)/" }
    let lines =
      ["params:"] + paths.map { "- \(YAML.quoted("\($0)params.yaml"))" }
      + ["metrics:"] + paths.map { "- \(YAML.quoted("\($0)metrics.json"))" }
      + ["plots:"] + paths.flatMap { ["- \(YAML.quoted("\($0)plots/metrics")):", "    x: step"] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The last value of each metric, and the last step. JSON has no NaN, for which Python's word is understood.
  private static func summary(_ run: TrackedRun) -> String {
    let last = run.lastValues.sorted { $0.key < $1.key }
    let step = last.map(\.value.step).max().map { ["    \"step\": \($0)"] } ?? []
    let lines = last.filter { $0.key != "step" }.map { name, metric in
      "    \(JSONValue.string(name).text): \(number(metric.value))"
    }
    return "{\n\((lines + step).joined(separator: ",\n"))\n}\n"
  }

  private static func parameters(_ run: TrackedRun) -> String {
    guard !run.parameters.isEmpty else { return "{}\n" }
    return run.parameters.sorted { $0.key < $1.key }.map { key, value in
      "\(YAML.quoted(key)): \(YAML.scalar(value))\n"
    }.joined()
  }

  private static func history(of name: String, _ run: TrackedRun) -> String {
    let values = run.metrics.filter { $0.name == name }.sorted { $0.step < $1.step }
    let heading = name.map { $0 == "\t" || $0.isNewline || $0 == "\"" ? "_" : $0 }
    return "step\t\(String(heading))\n" + values.map { "\($0.step)\t\(number($0.value))\n" }.joined()
  }

  /// A number as Python writes and reads it.
  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    return value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
  }

  /// Names of files for the metrics.
  private static func fileNames(_ run: TrackedRun) -> [String: String] {
    var taken: Set<String> = []
    return Set(run.metrics.map(\.name)).sorted().reduce(into: [:]) { names, name in
      var file = RunFolders.safe(name)
      while !taken.insert(file).inserted { file += "_" }
      names[name] = file
    }
  }
}

/// The little of YAML that parameters need.
private enum YAML {
  /// A value: a number or a Boolean, if the text is one; else in quotes.
  static func scalar(_ text: String) -> String {
    if text == "true" || text == "false" || Int64(text).map({ "\($0)" == text }) == true { return text }
    guard let number = Double(text), number.isFinite, "\(number)" == text else { return quoted(text) }
    // In YAML 1.1, which many readers follow, a number with an exponent has a point.
    return text.contains("e") && !text.contains(".") ? text.replacing("e", with: ".0e") : text
  }

  /// A text in double quotes, whose escapes are those of JSON, and some more.
  static func quoted(_ text: String) -> String {
    JSONValue.string(text).text.unicodeScalars.reduce(into: "") { quoted, scalar in
      guard isPrintable(scalar) else { return quoted += escape(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
      true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
