// Loops over steps: Keras's exporter writes its GRU and SimpleRNN as a Loop whose body is one step. It is read as a recurrent
// layer if the loop runs once for each step of a sequence, from the first or the last one, and its body is a known cell.

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  mutating func loop(_ operation: ONNXOperation) throws -> [ONNXMeaning] {
    guard let body = operation.node.graphs["body"] else {
      throw operation.refusal("has no body that is read")
    }
    let steps = try ONNXLoopBody(body, operation, self)
    let draft = drafts.count
    var layer = steps.form.layer
    let part = steps.sequence.parts[0]
    layer.options.goBackwards = steps.isReversed != part.isReversed
    drafts.append(
      ONNXDraft(
        kind: .recurrent(layer), inputs: [ONNXPart(source: part.source)], weights: steps.form.weights,
        place: operation.place, width: layer.options.units, hasSteps: true))
    let axes = [steps.sequence.axes[1], [ONNXAtom.features(layer.options.units)]]
    func final(_ state: Int) -> ONNXMeaning {
      .flow(ONNXFlow(parts: [ONNXPart(source: .final(draft, state: state))], axes: axes))
    }
    let all = ONNXMeaning.flow(
      ONNXFlow(parts: [ONNXPart(source: .output(draft))], axes: [steps.sequence.axes[0]] + axes))
    let states = steps.carried.map { carried -> ONNXMeaning in
      switch carried {
      case .state(let number): final(number)
      case .other: .partial(ONNXPartial(step: .counter, flow: steps.sequence))
      }
    }
    return states + steps.scanned.map { _ in all }
  }
}

/// The body of a loop, and what it is.
private struct ONNXLoopBody {
  /// What a value is that the loop hands from step to step.
  enum Carried {
    /// A state of the cell, by its number there.
    case state(Int)
    /// A counter or a constant.
    case other
  }

  private(set) var form: ONNXCellForm
  /// The sequence that it reads, `[steps, rows, features]`.
  private(set) var sequence: ONNXFlow
  /// Whether it reads from the last step to the first.
  private(set) var isReversed: Bool
  private(set) var carried: [Carried]
  /// The places of outputs that are collected over the steps, all of them the cell's output.
  private(set) var scanned: [Int]

  init(_ body: ONNXRecord, _ operation: ONNXOperation, _ reader: ONNXGraphReader) throws {
    let refusal = operation.refusal("is a loop that isn't a GRU, LSTM or simple RNN over all steps")
    var steps = ONNXLoopSteps(body, operation, reader)
    let count = operation.inputs.count - 2
    guard body.inputs.count == count + 2, body.outputs.count > count + 1 else { throw refusal }
    try steps.run()
    guard let sequence = steps.sequence, let place = steps.place, let length = sequence.steps,
      case .constant(let most) = try operation.input(0), let limit = most.uniform, limit >= Float(length),
      case .isBefore(let further) = try steps.value(of: body.outputs[0].name)
    else { throw refusal }
    // The condition after a step says whether there is another one.
    guard min(Int(min(limit, 16_777_216)), further + 1) == length, try steps.begins else { throw refusal }
    guard place == (0, 1) || place == (length - 1, -1) else { throw refusal }
    isReversed = place.growth < 0
    self.sequence = sequence
    var states: [(own: Int, next: Int)] = []
    var numbers: [Int] = []
    for number in 0..<count where steps.isState(number) {
      states.append(
        (
          try steps.number(of: body.inputs[number + 2].name),
          try steps.number(of: body.outputs[number + 1].name)
        ))
      numbers.append(number)
    }
    guard let units = steps.units, let form = steps.algebra.form(states, step: steps.stepNumber, units: units)
    else {
      throw refusal
    }
    self.form = form
    // An LSTM's output is the state that is a product.
    let isSwapped = form.layer is LSTM && steps.algebra.isSum(states[0].next)
    let order = isSwapped ? numbers.reversed() : numbers
    carried = (0..<count).map { number in order.firstIndex(of: number).map(Carried.state) ?? .other }
    guard let outputState = order.first else { throw refusal }
    let result = try steps.number(of: body.outputs[outputState + 1].name)
    scanned = Array(count + 1..<body.outputs.count)
    for place in scanned {
      guard try steps.number(of: body.outputs[place].name) == result else { throw refusal }
    }
  }
}

extension ONNXCellAlgebra {
  /// Whether a value is a sum.
  fileprivate func isSum(_ number: Int) -> Bool { if case .sum = values[number] { true } else { false } }
}

/// The values of a loop's body in one step.
private struct ONNXLoopSteps {
  private let body: ONNXRecord
  private let operation: ONNXOperation
  /// The reader of the graph around the loop, whose values the body can read.
  private let reader: ONNXGraphReader
  private var outer: [String: ONNXMeaning] { reader.values }
  private(set) var algebra = ONNXCellAlgebra()
  private var numbers: [String: Int] = [:]
  private var states: Set<Int> = []
  private(set) var sequence: ONNXFlow?
  /// The place of the step that is read: the first, and from one step to the next.
  private(set) var place: (first: Int, growth: Int)?
  private(set) var stepNumber = -1
  private(set) var units: Int?

  init(_ body: ONNXRecord, _ operation: ONNXOperation, _ reader: ONNXGraphReader) {
    (self.body, self.operation, self.reader) = (body, operation, reader)
  }

  private var refusal: Failure {
    operation.refusal("is a loop that isn't a GRU, LSTM or simple RNN over all steps")
  }

  func isState(_ number: Int) -> Bool { states.contains(number) }
  func value(of name: String) throws -> ONNXCellValue { algebra.values[try number(of: name)] }

  /// Whether the loop's first step is run in any case.
  var begins: Bool {
    get throws {
      switch operation.optional(1) {
      case nil: true
      case .constant(let tensor): tensor.elements == .truths([true])
      case .filled(let number, _): number == 1
      default: false
      }
    }
  }

  /// Reads the body's nodes.
  mutating func run() throws {
    try bindInputs()
    for (name, tensor) in body.constants { numbers[name] = algebra.add(.constant(tensor)) }
    for node in body.nodes {
      let inputs = try node.inputs.map { try number(binding: $0) }
      let operation = ONNXOperation(node: node, inputs: [])
      let results = try read(operation, inputs)
      for (name, result) in zip(node.outputs, results) { numbers[name] = result }
    }
  }

  /// The counter, and what is handed from step to step.
  private mutating func bindInputs() throws {
    let count = operation.inputs.count - 2
    guard count >= 1, body.inputs.count == count + 2, body.outputs.count >= count + 1 else { throw refusal }
    numbers[body.inputs[0].name] = algebra.add(.number(first: 0, growth: 1))
    numbers[body.inputs[1].name] = algebra.add(.isBefore(Int.max))
    for number in 0..<count {
      let (name, next) = (body.inputs[number + 2].name, body.outputs[number + 1].name)
      switch operation.inputs[number + 2] {
      case .constant(let tensor) where name == next: numbers[name] = algebra.add(.constant(tensor))
      case .constant(let tensor) where tensor.integers?.count == 1:
        numbers[name] = algebra.add(
          .number(first: tensor.integers?[0] ?? 0, growth: try growth(of: name, to: next)))
      case .filled(0, let sizes) where sizes.count == 2 && !sizes[1].isPerRow:
        guard units == nil || units == sizes[1].number, 1...1 << 24 ~= sizes[1].number else { throw refusal }
        units = sizes[1].number
        states.insert(number)
        numbers[name] = algebra.add(.state(number))
      default: throw refusal
      }
    }
  }

  /// By how much a counter grows from step to step.
  private func growth(of name: String, to next: String) throws -> Int {
    guard let node = body.nodes.first(where: { $0.outputs == [next] }), node.operation == "Add",
      node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != name }), node.inputs.contains(name),
      let step = body.constants[other] ?? constantOutside(other), step.integers?.count == 1,
      let growth = step.integers?.first, abs(growth) <= 1 << 24
    else { throw refusal }
    return growth
  }

  private func constantOutside(_ name: String) -> ONNXTensor? {
    if case .constant(let tensor)? = outer[name] { tensor } else { nil }
  }

  func number(of name: String) throws -> Int {
    guard let number = numbers[name] else { throw refusal }
    return number
  }

  /// The number of a value of the body, or of a constant outside of it.
  private mutating func number(binding name: String) throws -> Int {
    if let number = numbers[name] { return number }
    guard let tensor = constantOutside(name) else {
      // A sequence outside is only read step by step.
      guard case .flow? = outer[name] else { throw refusal }
      return -1
    }
    let number = algebra.add(.constant(tensor))
    numbers[name] = number
    return number
  }

  /// The numbers of a node's values.
  private mutating func read(_ operation: ONNXOperation, _ inputs: [Int]) throws -> [Int] {
    switch operation.node.operation {
    case "Identity", "Cast": return inputs
    case "Gather": return [try gathered(operation, inputs)]
    case "Split", "Slice", "Squeeze": return try divided(operation, inputs)
    default:
      guard !inputs.isEmpty, !inputs.contains(-1) else { throw refusal }
      return try algebra.apply(operation, inputs).map { algebra.add($0) }
    }
  }

  /// The step's row of a sequence.
  private mutating func gathered(_ operation: ONNXOperation, _ inputs: [Int]) throws -> Int {
    guard inputs.count == 2, inputs[0] == -1, inputs[1] >= 0, try operation.integer("axis", default: 0) == 0,
      case .flow(let flow)? = outer[operation.node.inputs[0]],
      case .number(let start, let growth) = algebra.values[inputs[1]],
      flow.axes.map({ $0.map(\.kind) }) == [[.steps], [.batch], [.features]], flow.parts.count == 1,
      sequence == nil
    else { throw refusal }
    (sequence, place) = (flow, (start, growth))
    stepNumber = algebra.add(.step(flow))
    return stepNumber
  }

  /// Parts of a constant, or of columns that were multiplied by a matrix.
  private mutating func divided(_ operation: ONNXOperation, _ inputs: [Int]) throws -> [Int] {
    guard let first = inputs.first, !inputs.contains(-1) else { throw refusal }
    let arguments = try inputs.map { number -> ONNXMeaning? in
      guard case .constant(let tensor) = algebra.values[number] else {
        guard number == first else { throw refusal }
        return nil
      }
      return .constant(tensor)
    }
    guard case .affine(let sum) = algebra.values[first] else {
      var reader = reader
      let constant = ONNXOperation(node: operation.node, inputs: arguments)
      return try reader.read(constant).map { meaning in
        guard case .constant(let tensor) = meaning else { throw refusal }
        return algebra.add(.constant(tensor))
      }
    }
    // The columns, followed through the node as numbers.
    let columns = ONNXTensor(shape: [1, sum.width], elements: .integers(Array(0..<sum.width)))
    var reader = reader
    let followed = ONNXOperation(
      node: operation.node, inputs: [.constant(columns)] + arguments.dropFirst())
    return try reader.read(followed).map { meaning in
      guard case .constant(let tensor) = meaning, tensor.shape.count == 2, let own = tensor.integers,
        let start = own.first,
        own == Array(start..<start + own.count)
      else { throw refusal }
      return algebra.add(.affine(sum.columns(start..<start + own.count)))
    }
  }
}
