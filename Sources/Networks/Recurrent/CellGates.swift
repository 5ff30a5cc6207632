// The gates of a cell at every step, for inspection: how much a network adds to its memory, keeps and outputs. A network
// for training stores them for its backward pass, so that a forward pass alone is enough to read them, and neither
// training nor prediction does any work for it.

import Kernels

/// Where a cell stores one of its gates, or its candidate, at every step.
struct StoredGate {
  /// How the units of a gate are placed in a row.
  enum Place {
    /// One after the other, as the part of this number among parts of G columns.
    case part(Int)
    /// 16 units at a time, as number `index` of `count` vectors (`keptOffset` of Kernels/Lanes.swift).
    case vector(index: Int, count: Int)
  }

  /// Its letter in the cell's equations.
  let name: String
  let values: Activation
  let place: Place

  /// Gates that are stored 16 units at a time, in this order.
  static func vectors(_ names: [String], of count: Int, in values: Activation) -> [StoredGate] {
    names.enumerated().map {
      StoredGate(name: $1, values: values, place: .vector(index: $0, count: count))
    }
  }

  /// Gates that are stored one after the other, in this order.
  static func parts(_ names: [String], in values: Activation) -> [StoredGate] {
    names.enumerated().map { StoredGate(name: $1, values: values, place: .part($0)) }
  }

  /// The column of a row in which the gate of a unit is.
  func column(unit: Int, of units: Int) -> Int {
    switch place {
    case .part(let number): return number * max(units, 16) + unit
    case .vector(let index, let count):
      // The last vector begins so that it ends with the last unit.
      let whole = units / 16 * 16
      let start = unit < whole ? unit / 16 * 16 : max(0, units - 16)
      return (start + 15) / 16 * 16 * count + index * 16 + unit - start
    }
  }
}

/// How the memory m of a cell changes with each step: m_t = k m_{t-1} + a g, where g is new.
public struct MemoryRule: Sendable, Equatable {
  /// The gate k; nil if it is 1 - a.
  public let keep: String?
  /// The gate a; nil if it is 1 - k.
  public let add: String?

  /// At least one of the gates.
  public init(keep: String? = nil, add: String? = nil) { (self.keep, self.add) = (keep, add) }
}

extension RecurrentCell {
  var storedGates: [StoredGate] { [] }
  var memoryRule: MemoryRule? { nil }
}

/// A gate, a candidate or a state of a recurrent layer, for every row and step of a batch.
public struct GateValues: Sendable {
  /// Its letter in the layer's equations: `i`, `f`, `o`, `z`, `r`; `g` of the candidate; `c` and `h` of the states.
  public let name: String
  /// The number of units.
  public let width: Int
  /// Row-major `[rows, steps, width]`, in the order of time; undefined at masked steps.
  public let values: [Float]
}

extension RecurrentLayer {
  /// The number of its steps.
  public var steps: Int { states[0].steps }
  /// The names of what `gates` gives, in order.
  public var gateNames: [String] {
    cell.storedGates.map(\.name) + stateNames.filter { ["h", "c"].contains($0) }
  }
  /// Whether the layer has gates that can be read.
  public var hasGates: Bool { !cell.storedGates.isEmpty }
  /// How its memory changes; nil if it isn't the sum of what was added to it.
  public var memoryRule: MemoryRule? { cell.memoryRule }
  /// Whether its rows are those of the batch, rather than their channels.
  public var readsWholeRows: Bool { states[0].channels == 1 }

  /// The gates and states after a forward pass that a backward pass could follow, of a network for training that keeps
  /// its gates.
  public func gates(plan: ShardPlan) -> [GateValues] {
    let gates = cell.storedGates.map { gate in
      GateValues(name: gate.name, width: options.units, values: values(of: gate, plan))
    }
    let known = zip(stateNames, states).filter { ["h", "c"].contains($0.0) }
    return gates
      + known.map { GateValues(name: $0, width: $1.width, values: $1.array(plan: plan)) }
  }

  private func values(of gate: StoredGate, _ plan: ShardPlan) -> [Float] {
    let all = gate.values.array(plan: plan)
    let columns = (0..<options.units).map { gate.column(unit: $0, of: options.units) }
    var result: [Float] = []
    result.reserveCapacity(plan.rows * gate.values.steps * columns.count)
    for start in stride(from: 0, to: all.count, by: gate.values.width) {
      for column in columns { result.append(all[start + column]) }
    }
    return result
  }

  /// Which steps of the input are unmasked, as row-major `[rows, steps]`; nil if all are.
  public func maskArray(plan: ShardPlan) -> [Bool]? {
    guard let mask else { return nil }
    var result = [Bool](repeating: true, count: plan.rows * mask.steps)
    for index in 0..<plan.count {
      let shard = plan.shard(index, worker: 0)
      for step in 0..<mask.steps {
        let rows = mask.rows(shard, step)
        for row in 0..<shard.rows { result[(shard.firstRow + row) * mask.steps + step] = rows[row] }
      }
    }
    return result
  }
}

extension Network {
  /// The names of the recurrent layers, in order. A shared layer has a name for each use, numbered as in Keras's
  /// 'Connected to'.
  public var recurrentNames: [String] {
    recurrentLayers.enumerated().map { number, layer in
      let earlier = recurrentLayers[..<number].count { $0.name == layer.name }
      return earlier == 0 ? layer.name : "\(layer.name)[\(earlier)]"
    }
  }
}
