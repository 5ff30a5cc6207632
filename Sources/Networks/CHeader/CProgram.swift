// A network as a program in C that is being built. Layers add pieces of text; the program decides which of them run in one
// loop over the steps, so that a value is stored for all steps only where another loop reads it.
//
// Loops have levels: those of a level run after those of the levels below, and between them come the computations of
// vectors, which are of the level of the loops that follow. A layer that reads only values of its own step joins the loop
// in which they are made; one that goes backward, or needs a whole sequence, is on the next level. What costs little, such
// as an embedding's vector, is computed anew in each loop that reads it.

import Failures

/// What counts the steps of a sequence.
enum CAxis: Hashable {
  /// An input whose number of steps is a parameter.
  case input(Int)
  /// A number.
  case fixed(Int)
}

/// A loop over steps.
struct CLoop: Hashable {
  var level: Int
  var axis: CAxis
  var isBackward = false
}

/// The type of a value's elements.
enum CElement: String {
  case float
  case flag = "uint8_t"
  case count = "uint32_t"
  case id = "int32_t"
}

/// A value that layers read and write.
struct CValue: Hashable {
  fileprivate let number: Int
}

/// Where a value comes from.
enum CPlace: Equatable {
  /// A parameter of the program.
  case argument(String)
  /// A vector that is there before the loops of a level.
  case vector(level: Int)
  /// A loop.
  case loop(CLoop)
  /// Any loop from a level on, which computes it anew.
  case anyLoop(level: Int)
  /// The numbers of another value, from one of them on; a step begins `stride` numbers after the one before.
  case view(CValue, level: Int, offset: Int, stride: Int)
}

/// What is known about a value.
struct CDescription {
  /// The variable that points to it, or to its current step.
  let name: String
  var element = CElement.float
  /// The numbers of a step, or of the vector.
  let width: Int
  /// What counts its steps; nil for a vector.
  let axis: CAxis?
  let place: CPlace
  /// Where its loop keeps it, if not under its name.
  var home: String?
  /// Whether its steps are in the order in which a backward loop makes them.
  var isReversed = false
  /// Whether all its steps are stored.
  var isStored = false
  /// The parameter that receives it; nil if it isn't an output.
  var argument: String?
}

/// A piece of the program.
struct CPiece {
  let lines: [String]
  let reads: [CValue]
  var writes: [CValue] = []
  /// Multiplications with additions.
  var work = 0
}

/// A network as a program in C.
final class CProgram {
  /// The beginning of all names outside of functions.
  let prefix: CPrefix
  /// Names of parameters, variables and members.
  var names = CNames()
  private(set) var values: [CDescription] = []
  private(set) var vectors: [Int: [CPiece]] = [:]
  private(set) var loops: [CLoop: [CPiece]] = [:]
  private(set) var beginnings: [CLoop: [CPiece]] = [:]
  private(set) var repeated: [CValue: CPiece] = [:]
  /// The members of the state besides values: name, type and count.
  private(set) var members: [(name: String, element: CElement, count: Int)] = []
  /// The numbers that the layers need for a moment.
  private(set) var scratch = 0
  /// Constants and functions, in the order in which they are needed.
  private(set) var constants: [(name: String, text: String, bytes: Int)] = []
  private(set) var functions: [(name: String, text: String)] = []

  /// Whether constants are written, or only checked and counted.
  let writesConstants: Bool

  init(_ prefix: CPrefix, writesConstants: Bool) {
    (self.prefix, self.writesConstants) = (prefix, writesConstants)
  }

  subscript(value: CValue) -> CDescription { values[value.number] }

  // MARK: Values

  func add(_ description: CDescription) -> CValue {
    values.append(description)
    return CValue(number: values.count - 1)
  }

  /// Stores all steps of a value that a loop makes.
  func store(_ value: CValue) {
    guard case .loop = self[value].place else { return }
    values[value.number].isStored = true
  }

  /// Makes a value the one that a parameter receives.
  func deliver(_ value: CValue, to argument: String) {
    values[value.number].argument = argument
    store(value)
  }

  /// Where a value begins that is a vector or stored.
  func base(_ value: CValue) -> String {
    let own = self[value]
    switch own.place {
    case .argument(let name): return name
    case .vector: return own.argument ?? own.home ?? "s->\(own.name)"
    case .view(let other, _, let offset, _): return offset == 0 ? base(other) : "\(base(other)) + \(offset)"
    case .loop, .anyLoop: return own.argument ?? "s->\(own.name)_steps"
    }
  }

  /// A value's numbers at the current step of a loop, or those of a vector.
  func pointer(_ value: CValue, in loop: CLoop?) -> String {
    let own = self[value]
    guard let axis = own.axis else { return base(value) }
    var stride = own.width
    switch own.place {
    case .loop(let maker) where maker == loop:
      if own.isReversed { return at(base(value), "(\(count(axis)) - 1 - t)", stride) }
      if let home = own.home { return home }
      guard own.isStored else { return "s->\(own.name)" }
    case .anyLoop: return "s->\(own.name)"
    case .view(_, _, _, let given): stride = given
    case .argument, .vector, .loop: break
    }
    return at(base(value), "t", stride)
  }

  private func at(_ base: String, _ step: String, _ stride: Int) -> String {
    switch stride {
    case 0: base
    case 1: "\(base) + \(step)"
    default: "\(base) + \(step) * \(stride)"
    }
  }

  /// The number of steps, in C.
  func count(_ axis: CAxis) -> String {
    switch axis {
    case .fixed(let number): "\(number)"
    case .input(let number): stepNames[number] ?? "steps"
    }
  }

  /// The names of the parameters with the inputs' numbers of steps.
  var stepNames: [Int: String] = [:]

  // MARK: The order of computation

  /// The level from which a loop can read a value.
  private func level(_ value: CValue, in axis: CAxis, isBackward: Bool) -> Int {
    switch self[value].place {
    case .argument: 0
    case .vector(let level), .anyLoop(let level), .view(_, let level, _, _): level
    case .loop(let loop): loop.axis == axis && !loop.isBackward && !isBackward ? loop.level : loop.level + 1
    }
  }

  /// The loop that can compute from these values; those of other loops are stored.
  func loop(reading reads: [CValue], over axis: CAxis, isBackward: Bool = false) -> CLoop {
    let level = reads.map { self.level($0, in: axis, isBackward: isBackward) }.max() ?? 0
    let loop = CLoop(level: level, axis: axis, isBackward: isBackward)
    for value in reads where self[value].place != .loop(loop) { store(value) }
    return loop
  }

  /// The level of vectors computed from these vectors.
  func level(reading reads: [CValue]) -> Int {
    reads.map { level($0, in: .fixed(0), isBackward: false) }.max() ?? 0
  }

  /// The values' common axis; nil if all are vectors.
  func axis(of reads: [CValue]) -> CAxis? { reads.lazy.compactMap { self[$0].axis }.first }

  /// Whether all loops of a level can read these values: those that loops make are stored, on lower levels.
  func areStored(_ reads: [CValue], below level: Int) -> Bool {
    reads.allSatisfy {
      guard case .loop(let loop) = self[$0].place else { return true }
      return self[$0].isStored && loop.level < level
    }
  }

  // MARK: Pieces

  func add(_ piece: CPiece, to loop: CLoop) { loops[loop, default: []].append(piece) }
  func add(_ piece: CPiece, level: Int) { vectors[level, default: []].append(piece) }
  func begin(_ piece: CPiece, _ loop: CLoop) { beginnings[loop, default: []].append(piece) }
  func `repeat`(_ piece: CPiece, for value: CValue) { repeated[value] = piece }

  /// A member of the state; returns how it is written.
  func member(_ name: String, _ element: CElement, _ count: Int) -> String {
    members.append((name, element, count))
    return "s->\(name)"
  }

  /// Reserves numbers for a moment.
  func reserve(scratch count: Int) { scratch = max(scratch, count) }

  /// Adds a constant unless it is there; returns its name.
  func constant(_ name: String, bytes: Int, _ text: (String) throws -> String) rethrows -> String {
    let full = "\(prefix.name)_\(name)"
    if !constants.contains(where: { $0.name == full }) {
      constants.append((full, writesConstants ? try text(full) : "", bytes))
    }
    return full
  }

  /// Adds a function unless it is there; returns its name.
  func function(_ name: String, _ text: (String) -> String) -> String {
    let full = "\(prefix.name)_\(name)"
    if !functions.contains(where: { $0.name == full }) { functions.append((full, text(full))) }
    return full
  }
}
