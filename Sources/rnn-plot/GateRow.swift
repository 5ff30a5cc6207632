// The gates of one row: their means over units or those of one unit, and how much of each token is in the memory at the end.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

/// The gates of one row.
struct GateRow {
  /// The name of what is kept.
  static let kept = "kept"

  /// The numbers of the steps, from 1.
  let steps: [Int]
  /// The tokens, or the numbers of the steps.
  let tokens: [String]
  /// The number of units of the gates.
  let units: Int
  /// All that can be shown: the columns, and what is kept, if that is known.
  let names: [String]
  /// Those that are shown unless others are named.
  let usualNames: [String]
  private let gates: GateColumns
  private let values: [String: [Double]]

  /// - Parameter unit: the unit, counted from 0; nil for the mean of all.
  init(_ row: Chunk, _ gates: GateColumns, unit: Int?, named name: String) throws {
    self.gates = gates
    let steps = row.columns["step"]?.ragged?.values.integers ?? []
    let texts = row.columns["tokens"]?.ragged.map { ListColumns.rows($0).flatMap(\.self) } ?? []
    tokens = texts.count == steps.count ? texts.map(Self.visible) : steps.map(String.init)
    let tensors = gates.names.compactMap { name in row.columns[name]?.ragged.map { (name, $0.values) } }
    guard !tensors.isEmpty, tensors.allSatisfy({ $0.1.rows == steps.count && $0.1.rowWidth > 0 }) else {
      throw Failure.data("the gates don't match the steps", at: name)
    }
    let units = tensors[0].1.rowWidth
    if let unit, unit >= units {
      throw Failure.usage(
        "there is no unit \(unit)", at: "--unit", remedy: "they are numbered from 0 to \(units - 1)")
    }
    let all = Dictionary(tensors.map { ($0.0, $0.1.doubles) }) { first, _ in first }
    var values = all.mapValues { Self.values($0, width: $0.count / max(1, steps.count), unit: unit) }
    let kept = Self.kept(all, gates, steps: steps.count, units: units)
    if let kept { values[Self.kept] = Self.values(kept, width: units, unit: unit) }
    (self.steps, self.units, self.values) = (steps, units, values)
    names = gates.names + (kept == nil ? [] : [Self.kept])
    usualNames = Self.usual(gates) + (kept == nil ? [] : [Self.kept])
  }

  /// The gates from 0 to 1. In sLSTM, z is the candidate.
  private static func usual(_ gates: GateColumns) -> [String] {
    gates.names.filter { !["g", "c", "h"].contains($0) && ($0 != "z" || isGate(gates)) }
  }

  private static func isGate(_ gates: GateColumns) -> Bool { gates.keep == "z" || gates.add == "z" }

  /// Of each step the mean of the units, or one of them.
  private static func values(_ all: [Double], width: Int, unit: Int?) -> [Double] {
    guard width > 0 else { return [] }
    return stride(from: 0, to: all.count, by: width).map { start in
      if let unit { return unit < width ? all[start + unit] : .nan }
      return all[start..<start + width].reduce(0, +) / Double(width)
    }
  }

  /// Of each step and unit the share of the candidate that is still in the memory after the last step: what was added,
  /// times all later k of m_t = k m_{t-1} + a g. Nil if the memory is no such sum.
  private static func kept(
    _ all: [String: [Double]], _ gates: GateColumns, steps: Int, units: Int
  ) -> [Double]? {
    let rest: (Double) -> Double = { 1 - $0 }
    guard let keep = gates.keep.flatMap({ all[$0] }) ?? gates.add.flatMap({ all[$0]?.map(rest) }),
      let add = gates.add.flatMap({ all[$0] }) ?? gates.keep.flatMap({ all[$0]?.map(rest) }),
      keep.count == steps * units, add.count == keep.count
    else { return nil }
    var left = [Double](repeating: 1, count: units)
    var result = [Double](repeating: 0, count: keep.count)
    let order = gates.goesBackwards ? Array(0..<steps) : (0..<steps).reversed()
    for step in order {
      for unit in 0..<units {
        result[step * units + unit] = add[step * units + unit] * left[unit]
        left[unit] *= keep[step * units + unit]
      }
    }
    return result
  }

  /// A token with visible spaces and line breaks.
  private static func visible(_ token: String) -> String {
    switch token {
    case " ": "␣"
    case "\n": "\\n"
    case "\t": "\\t"
    default: token
    }
  }

  /// The first tokens with some gates.
  func heat(_ names: [String], first count: Int, _ language: ChartLanguage) -> TokenHeat {
    TokenHeat(
      tokens: Array(tokens.prefix(count)), steps: Array(steps.prefix(count)),
      rows: names.map {
        TokenHeat.Row(label($0, language), key: $0, Array((values[$0] ?? []).prefix(count)))
      },
      caption: language.pick("from the lowest to the highest value of each row", "每行从最小值到最大值"))
  }

  private func label(_ name: String, _ language: ChartLanguage) -> String {
    if name == Self.kept { return language.pick("kept", "最终保留") }
    guard name == "z", !Self.isGate(gates) else { return language.gate(name) }
    return "z" + language.gate("g").dropFirst()
  }
}
