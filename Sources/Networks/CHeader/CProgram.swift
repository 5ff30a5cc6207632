// A network as a program in C that is being built. Layers add pieces of text; the program decides which of them run in one
// loop over the steps, so that a value is stored for all steps only where another loop reads it.
//
// Loops have levels: those of a level run after those of the levels below, and between them come the computations of
// vectors, which are of the level of the loops that follow. A layer that reads only values of its own step joins the loop
// in which they are made; one that goes backward, or needs a whole sequence, is on the next level. What costs little, such
// as an embedding's vector, is computed anew in each loop that reads it.
//
// A step of a loop can be a program of its own, with loops and levels: the layers of a channel, or those that read the
// characters of a word. It runs anew for each, in the same memory.

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
  case double
  case float
  case flag = "uint8_t"
  case count = "uint32_t"
  case id = "int32_t"

  /// The bytes of an element.
  var size: Int {
    switch self {
    case .double: 8
    case .float, .count, .id: 4
    case .flag: 1
    }
  }
}

/// A value that layers read and write.
struct CValue: Hashable {
  fileprivate let number: Int
  /// The program whose layers can read it.
  unowned let program: CProgram

  static func == (a: CValue, b: CValue) -> Bool { a.number == b.number }
  func hash(into hasher: inout Hasher) { hasher.combine(number) }
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
  /// The program that runs instead of lines.
  var nested: CProgram?
}

/// A network as a program in C.
final class CProgram {
  /// The program and the loop at each of whose steps this one runs.
  struct Outer {
    unowned let program: CProgram
    fileprivate(set) var loop: CLoop
    /// The number of this program among all that run within others.
    let number: Int
  }

  /// What it shares with the programs within it.
  let shared: CDeclarations
  /// Nil if this isn't a program within another one.
  private(set) var outer: Outer?
  private(set) var vectors: [Int: [CPiece]] = [:]
  private(set) var loops: [CLoop: [CPiece]] = [:]
  private(set) var beginnings: [CLoop: [CPiece]] = [:]
  private(set) var repeated: [CValue: CPiece] = [:]
  /// The newest programs of channels, by what counts these.
  private var channels: [CAxis: CProgram] = [:]
  /// Whether the program around this one has a value of it.
  private var isRead = false

  init(_ prefix: CPrefix, writesConstants: Bool) {
    (shared, outer) = (CDeclarations(prefix, writesConstants: writesConstants), nil)
  }

  private init(_ shared: CDeclarations, _ outer: Outer) {
    (self.shared, self.outer) = (shared, outer)
  }

  var names: CNames { shared.names }

  subscript(value: CValue) -> CDescription { shared.values[value.number] }

  // MARK: Values

  func add(_ description: CDescription) -> CValue {
    shared.values.append(description)
    return CValue(number: shared.values.count - 1, program: self)
  }

  /// Stores all steps of a value that a loop makes.
  func store(_ value: CValue) {
    guard case .loop = self[value].place else { return }
    shared.values[value.number].isStored = true
  }

  /// Makes a value the one that a parameter receives.
  func deliver(_ value: CValue, to argument: String) {
    shared.values[value.number].argument = argument
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
    case .input(let number): shared.stepNames[number] ?? "steps"
    }
  }

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

  // MARK: Programs within this one

  /// A program that runs at each step of a loop, whose number it knows as `row`.
  func nested(in loop: CLoop) -> CProgram {
    let program = CProgram(
      shared, Outer(program: self, loop: loop, number: shared.numberNested()))
    add(CPiece(lines: [], reads: [], nested: program), to: loop)
    return program
  }

  /// A program of the channels that a loop counts. All that begin before one of them is read are processed together, in the
  /// last of their loops.
  func channels(in loop: CLoop) -> CProgram {
    if let known = channels[loop.axis], let own = known.outer?.loop {
      if loop.level <= own.level { return known }
      if !known.isRead {
        move(known, from: own, to: loop)
        return known
      }
    }
    let program = nested(in: loop)
    channels[loop.axis] = program
    return program
  }

  private func move(_ program: CProgram, from loop: CLoop, to other: CLoop) {
    loops[loop]?.removeAll { $0.nested === program }
    if loops[loop]?.isEmpty == true { loops[loop] = nil }
    add(CPiece(lines: [], reads: [], nested: program), to: other)
    program.outer?.loop = other
  }

  /// A sequence for the program around this one, which gets a step of it from each run of this one: a value so wide.
  func sequence(of value: CValue, _ width: Int, named name: String) -> CValue? {
    guard let outer else { return nil }
    isRead = true
    let result = outer.program.add(
      CDescription(
        name: names.unique(name), width: width, axis: outer.loop.axis, place: .loop(outer.loop),
        home: base(value)))
    outer.program.add(CPiece(lines: [], reads: [], writes: [result]), to: outer.loop)
    return result
  }
}
