// The stages of a program's run as text: for each level its vectors, then its loops, each a call of a function for every
// step. A program within a loop is a function too, whose parameter `row` is the loop's step.

/// The functions that a run calls, and how.
struct CStages {
  /// A part of the run.
  struct Stage {
    var functions: [CFunction] = []
    var calls: [String] = []
  }

  /// A parameter of a function: its type and its name.
  typealias Parameter = (type: String, name: String)

  let program: CProgram
  /// The loops in their order.
  let loops: [CLoop]
  /// The beginning of the functions' names.
  private let prefix: String
  /// The state, which functions take before the step.
  private let state: Parameter
  /// What the functions can take besides: those that they use.
  private let parameters: [Parameter]

  /// - Parameters:
  ///   - prefix: the beginning of the functions' names.
  ///   - state: what all functions can take, before the step.
  ///   - parameters: what they can take after it.
  init(_ program: CProgram, prefix: String, state: Parameter, _ parameters: [Parameter]) {
    (self.program, self.prefix, self.state, self.parameters) = (program, prefix, state, parameters)
    let all = Set(program.loops.keys).union(program.beginnings.keys)
    // The axes of a level's loops don't depend on each other; numbers come before parameters.
    func key(_ loop: CLoop) -> (Int, Int, Int, Int) {
      let axis = if case .input(let number) = loop.axis { (1, number) } else { (0, Self.number(loop.axis)) }
      return (loop.level, axis.0, axis.1, loop.isBackward ? 1 : 0)
    }
    loops = all.sorted { key($0) < key($1) }
  }

  private static func number(_ axis: CAxis) -> Int {
    switch axis {
    case .fixed(let number), .input(let number): number
    }
  }

  /// The pieces of a loop, each after those that compute what it reads.
  func pieces(of loop: CLoop) -> [CPiece] {
    var (result, done): ([CPiece], Set<CValue>) = ([], [])
    func prepare(_ piece: CPiece) {
      for value in piece.reads where done.insert(value).inserted {
        guard let other = program.repeated[value] else { continue }
        prepare(other)
        result.append(other)
      }
    }
    for piece in program.loops[loop] ?? [] {
      prepare(piece)
      result.append(piece)
    }
    return result
  }

  /// The pieces of all loops, also of programs within them.
  var allPieces: [CPiece] {
    loops.flatMap(pieces).flatMap { piece in [piece] + (piece.nested.map { stages(of: $0).allPieces } ?? []) }
  }

  /// The stages of a program that runs within a loop.
  private func stages(of nested: CProgram) -> CStages {
    CStages(
      nested, prefix: "\(prefix)_row_\(nested.outer?.number ?? 0)", state: state,
      [("size_t ", "row")] + parameters)
  }

  // MARK: Multiplications with additions

  /// The multiplications with additions of a run.
  /// - Parameter count: the steps of an axis.
  func work(_ count: (CAxis) -> Int) -> Int {
    let vectors = program.vectors.values.joined().reduce(0) { $0 + $1.work }
    return loops.reduce(vectors) { $0 + count($1.axis) * work(step: $1, count) }
  }

  /// The multiplications with additions of a step.
  func work(step loop: CLoop, _ count: (CAxis) -> Int) -> Int {
    pieces(of: loop).reduce(0) { $0 + $1.work + ($1.nested.map { stages(of: $0).work(count) } ?? 0) }
  }

  // MARK: Functions

  /// All stages in their order.
  var all: [Stage] {
    let levels = Set(program.vectors.keys).union(loops.map(\.level)).sorted()
    return levels.flatMap { level in
      [vectors(level)] + loops.enumerated().filter { $1.level == level }.map { stage($1, $0) }
    }
  }

  /// The vectors of a level.
  func vectors(_ level: Int) -> Stage {
    guard let pieces = program.vectors[level] else { return Stage() }
    let function = function("vectors_\(level)", pieces, nil)
    return Stage(functions: [function], calls: [function.call()])
  }

  /// A loop with what comes before its first step; its last function is that of a step.
  func stage(_ loop: CLoop, _ number: Int) -> Stage {
    var stage = Stage()
    if let beginning = program.beginnings[loop] {
      let function = function("begin_\(number)", beginning, nil)
      stage.functions.append(function)
      stage.calls.append(function.call())
    }
    let pieces = pieces(of: loop)
    let runs = pieces.map { $0.nested.map { run(of: $0) } }
    stage.functions += runs.flatMap { $0?.functions ?? [] }
    let pass = function("pass_\(number)", pieces, calls: runs.map { $0?.calls ?? [] }, loop)
    let count = program.count(loop.axis)
    stage.functions.append(pass)
    stage.calls.append(
      loop.isBackward
        ? "for (t = \(count); t-- > 0;) \(pass.call())" : "for (t = 0; t < \(count); t++) \(pass.call())")
    return stage
  }

  /// The functions of a program within a loop, the last of which runs it for the loop's step.
  private func run(of nested: CProgram) -> Stage {
    let stages = stages(of: nested)
    let parts = stages.all
    let whole = CFunction(name: stages.prefix, lines: parts.flatMap(\.calls), [state] + stages.parameters)
    return Stage(functions: parts.flatMap(\.functions) + [whole], calls: [whole.call(["row": "t"])])
  }

  /// A function of pieces, with the parameters that it uses.
  /// - Parameter calls: lines of the pieces that are programs.
  private func function(
    _ suffix: String, _ pieces: [CPiece], calls: [[String]]? = nil, _ loop: CLoop?
  ) -> CFunction {
    let body = pieces.enumerated().flatMap { number, piece in
      piece.lines + (calls?[number] ?? []) + piece.writes.compactMap { stored($0, in: loop) }
    }
    let words = CFunction.words(body)
    var (seen, pointers): (Set<CValue>, [String]) = ([], [])
    let written = Set(pieces.flatMap(\.writes))
    for value in pieces.flatMap({ $0.reads + $0.writes }) where seen.insert(value).inserted {
      let own = program[value]
      let pointer = program.pointer(value, in: loop)
      guard pointer != own.name, words.contains(Substring(own.name)) else { continue }
      let type = own.element.rawValue
      pointers.append("\(written.contains(value) ? "" : "const ")\(type) *const \(own.name) = \(pointer);")
    }
    return CFunction(
      name: "\(prefix)_\(suffix)", lines: pointers + body, [state, ("size_t ", "t")] + parameters)
  }

  /// Stores a step of a value that its loop keeps elsewhere.
  private func stored(_ value: CValue, in loop: CLoop?) -> String? {
    let own = program[value]
    guard loop != nil, own.isStored, let home = own.home else { return nil }
    let place = own.width == 1 ? "t" : "t * \(own.width)"
    return
      "memcpy(\(program.base(value)) + \(place), \(home), \(own.width) * sizeof(\(own.element.rawValue)));"
  }
}

/// A function of a program.
struct CFunction {
  let name: String
  private let lines: [String]
  private let parameters: [CStages.Parameter]

  /// - Parameter parameters: all that its lines may use; it takes those that they do.
  init(name: String, lines: [String], _ parameters: [CStages.Parameter]) {
    (self.name, self.lines) = (name, lines)
    let words = Self.words(lines)
    self.parameters = parameters.filter { words.contains(Substring($0.name)) }
  }

  /// The words of lines.
  static func words(_ lines: [String]) -> Set<Substring> {
    Set(lines.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") } })
  }

  /// A call with variables of the parameters' names.
  /// - Parameter given: other values, by the parameters' names.
  func call(_ given: [String: String] = [:]) -> String {
    "\(name)(\(parameters.map { given[$0.name] ?? $0.name }.joined(separator: ", ")));"
  }

  /// Its definition.
  var text: String {
    let list = parameters.map { $0.type + $0.name }.joined(separator: ", ")
    return Self.define("static void \(name)(\(list.isEmpty ? "void" : list))", lines)
  }

  /// A definition, with the variables that count.
  static func define(_ head: String, _ lines: [String]) -> String {
    let words = words(lines)
    let isParameter = head.contains("size_t t,") || head.contains("size_t t)")
    let counters = ["i", "j", "t"].filter { words.contains(Substring($0)) && !($0 == "t" && isParameter) }
    let declaration = counters.isEmpty ? [] : ["size_t \(counters.joined(separator: ", "));"]
    return "\(head)\n{\n\((declaration + lines).map { "  \($0)\n" }.joined())}\n"
  }
}
