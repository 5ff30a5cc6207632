// Operators that move numbers or compute sizes.

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  func constant(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["value", "value_float", "value_floats", "value_int", "value_ints"])
    if let tensor = operation.node.tensors["value"] { return .constant(tensor) }
    switch operation.node.attributes.values.first {
    case .float(let number): return .constant(ONNXTensor(shape: [], elements: .floats([number])))
    case .floats(let numbers):
      return .constant(ONNXTensor(shape: [numbers.count], elements: .floats(numbers)))
    case .integer(let number): return .constant(ONNXTensor(shape: [], elements: .integers([number])))
    case .integers(let numbers):
      return .constant(ONNXTensor(shape: [numbers.count], elements: .integers(numbers)))
    default: throw operation.refusal("has no value")
    }
  }

  /// Whole numbers of another width, floats as floats, and ids that are read as floats: nothing changes.
  func cast(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["to", "saturate", "round_mode"])
    let type = Int64(try operation.integer("to", default: 0))
    let input = try operation.input(0)
    let isFloat = type == ONNXElement.float.rawValue
    let isInteger = [ONNXElement.int32.rawValue, ONNXElement.int64.rawValue].contains(type)
    switch input {
    case .flow(let flow):
      let isIDs = flow.parts.contains { part in
        if case .input(let number) = part.source { inputs[number].isTokens } else { false }
      }
      if isFloat || (isIDs && isInteger) { return input }
    case .constant(let tensor):
      if isInteger, tensor.integers != nil { return input }
      if isFloat, tensor.floats != nil { return input }
      if isFloat, let numbers = tensor.integers {
        return .constant(ONNXTensor(shape: tensor.shape, elements: .floats(numbers.map { Float($0) })))
      }
    case .sizes where isInteger: return input
    case .filled where isFloat || isInteger: return input
    default: break
    }
    throw operation.refusal("converts numbers to another type")
  }

  func shape(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["start", "end"])
    var sizes: [ONNXSize]
    switch try operation.input(0) {
    case .flow(let flow):
      guard let own = flow.sizes else { throw operation.refusal("reads a value that is too large") }
      sizes = own
    case .constant(let tensor): sizes = tensor.shape.map { ONNXSize(number: $0) }
    case .filled(_, let own): sizes = own
    case .sizes(let own, let isScalar): sizes = isScalar ? [] : [ONNXSize(number: own.count)]
    case .partial: throw operation.refusal("reads an intermediate value")
    }
    func bounded(_ index: Int) -> Int { min(max(index < 0 ? index + sizes.count : index, 0), sizes.count) }
    let (start, end) = (
      try operation.integer("start", default: 0), try operation.integer("end", default: sizes.count)
    )
    let (first, last) = (bounded(max(start, -sizes.count)), bounded(max(end, -sizes.count)))
    return .sizes(Array(sizes[first..<max(first, last)]), isScalar: false)
  }

  func filled(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["value"])
    let number: Float
    if let tensor = operation.node.tensors["value"] {
      guard let uniform = tensor.uniform else { throw operation.refusal("has a value that isn't one number") }
      number = uniform
    } else {
      number = 0
    }
    return .filled(number, try operation.sizes(0))
  }

  /// One number everywhere, or a vector at every step.
  mutating func expanded(_ operation: ONNXOperation) throws -> ONNXMeaning {
    let sizes = try operation.sizes(1)
    switch try operation.input(0) {
    case .constant(let tensor):
      guard let number = tensor.uniform else { throw operation.refusal("repeats several numbers") }
      return .filled(number, try broadcast(tensor.shape.map { ONNXSize(number: $0) }, to: sizes, operation))
    case .filled(let number, let own): return .filled(number, try broadcast(own, to: sizes, operation))
    case .sizes(let own, _) where own.count == 1 && !own[0].isPerRow:
      return .filled(Float(own[0].number), sizes)
    case .flow(let flow): return .flow(try repeated(flow, sizes, operation))
    default: throw operation.refusal("repeats sizes")
    }
  }

  /// The sizes of a value that is expanded: of each axis the one that isn't 1.
  private func broadcast(
    _ own: [ONNXSize], to sizes: [ONNXSize], _ operation: ONNXOperation
  ) throws -> [ONNXSize] {
    let (rank, one) = (max(own.count, sizes.count), ONNXSize(number: 1))
    let ones = { (count: Int) in [ONNXSize](repeating: one, count: count) }
    return try zip(ones(rank - own.count) + own, ones(rank - sizes.count) + sizes).map { first, second in
      guard first == second || first == one || second == one else {
        throw operation.refusal("expands to sizes that don't match")
      }
      return first == one ? second : first
    }
  }

  private mutating func repeated(
    _ given: ONNXFlow, _ sizes: [ONNXSize], _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let flow = try resolved(given, place: operation.place)
    guard let own = flow.sizes, own.count == sizes.count else { throw operation.refusal("adds axes") }
    let one = ONNXSize(number: 1)
    let changed = sizes.indices.filter { sizes[$0] != own[$0] && sizes[$0] != one }
    if changed.isEmpty { return flow }
    guard changed.count == 1, flow.axes[changed[0]].isEmpty, flow.steps == nil, !sizes[changed[0]].isPerRow,
      flow.axis(.features) != nil
    else { throw operation.refusal("repeats something other than a vector at every step") }
    let count = sizes[changed[0]].number
    try check(steps: count, operation)
    var axes = flow.axes
    axes[changed[0]] = [.steps(count)]
    return append(.layer(RepeatVector(count: count)), of: flow, place: operation.place, axes: axes)
  }

  private func check(steps: Int, _ operation: ONNXOperation) throws {
    guard 1...1 << 24 ~= steps else { throw operation.refusal("makes \(counted(steps, "step"))") }
  }

  func transposed(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["perm"])
    func order(_ rank: Int) throws -> [Int] {
      let order = try operation.integers("perm") ?? Array((0..<rank).reversed())
      guard order.sorted() == Array(0..<rank) else {
        throw operation.refusal("has a perm that isn't an order of its axes")
      }
      return order
    }
    switch try operation.input(0) {
    case .flow(var flow):
      flow.axes = try order(flow.axes.count).map { flow.axes[$0] }
      return .flow(flow)
    case .constant(let tensor): return .constant(tensor.transposed(try order(tensor.shape.count)))
    case .filled(let number, let sizes): return .filled(number, try order(sizes.count).map { sizes[$0] })
    case .partial, .sizes: throw operation.refusal("reads an intermediate value")
    }
  }

  /// The axes of Squeeze and Unsqueeze: an input since opset 13, an attribute before.
  private func axes(_ operation: ONNXOperation) throws -> [Int]? {
    try operation.checkAttributes(["axes"])
    return try operation.integers("axes") ?? operation.integers(1)
  }

  func squeezed(_ operation: ONNXOperation) throws -> ONNXMeaning {
    let given = try axes(operation)
    func removed(_ rank: Int, isOne: (Int) -> Bool) throws -> Set<Int> {
      let axes =
        try given.map { try $0.map { try operation.axis($0, rank: rank) } } ?? (0..<rank).filter(isOne)
      guard axes.allSatisfy(isOne) else {
        throw operation.refusal("removes an axis that may have any extent")
      }
      return Set(axes)
    }
    switch try operation.input(0) {
    case .flow(let flow):
      guard let sizes = flow.sizes else { throw operation.refusal("reads a value that is too large") }
      let gone = try removed(sizes.count) { sizes[$0] == ONNXSize(number: 1) }
      return .flow(flow.removing(gone))
    case .constant(let tensor):
      let gone = try removed(tensor.shape.count) { tensor.shape[$0] == 1 }
      return .constant(
        tensor.reshaped(tensor.shape.indices.filter { !gone.contains($0) }.map { tensor.shape[$0] }))
    case .filled(let number, let sizes):
      let gone = try removed(sizes.count) { sizes[$0] == ONNXSize(number: 1) }
      return .filled(number, sizes.indices.filter { !gone.contains($0) }.map { sizes[$0] })
    case .sizes(let sizes, let isScalar):
      guard sizes.count == 1, !isScalar else { throw operation.refusal("removes an axis of sizes") }
      return .sizes(sizes, isScalar: true)
    case .partial: throw operation.refusal("reads an intermediate value")
    }
  }

  func unsqueezed(_ operation: ONNXOperation) throws -> ONNXMeaning {
    guard let given = try axes(operation), given.count <= 8 else { throw operation.refusal("names no axes") }
    func inserting<T>(_ one: T, into own: [T]) throws -> [T] {
      let rank = own.count + given.count
      let places = Set(try given.map { try operation.axis($0, rank: rank) })
      guard places.count == given.count else { throw operation.refusal("names an axis twice") }
      var rest = own[...]
      return (0..<rank).map { places.contains($0) ? one : rest.removeFirst() }
    }
    switch try operation.input(0) {
    case .flow(var flow):
      flow.axes = try inserting([], into: flow.axes)
      return .flow(flow)
    case .constant(let tensor): return .constant(tensor.reshaped(try inserting(1, into: tensor.shape)))
    case .filled(let number, let sizes):
      return .filled(number, try inserting(ONNXSize(number: 1), into: sizes))
    case .sizes(let sizes, let isScalar):
      guard isScalar, given == [0] || given == [-1] else { throw operation.refusal("adds an axis to sizes") }
      return .sizes(sizes, isScalar: false)
    case .partial: throw operation.refusal("reads an intermediate value")
    }
  }
}

extension ONNXFlow {
  /// The value without axes of extent 1; what they count stays with a neighbor.
  func removing(_ gone: Set<Int>) -> ONNXFlow {
    var result = self
    var pending: [ONNXAtom] = []
    result.axes = []
    for (number, axis) in axes.enumerated() {
      if !gone.contains(number) {
        result.axes.append(pending + axis)
        pending = []
      } else if result.axes.isEmpty {
        pending += axis
      } else {
        result.axes[result.axes.count - 1] += axis
      }
    }
    return result
  }
}
