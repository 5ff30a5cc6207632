// Sums, differences, products and quotients: of values of the network, with constants, and as steps of layer normalization
// and gelu, which exporters write in elementary operators.
//
//   normalization (x - mean x) / sqrt(variance x + epsilon), then factors and summands; or, as Keras has it,
//                 x s + (summands - mean x s) with s = factors / sqrt(variance x + epsilon)
//   gelu          x (1 + erf(x / sqrt 2)) / 2, in any order

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  mutating func arithmetic(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes([])
    guard operation.inputs.count == 2 else { return .flow(try merged(operation)) }
    switch (try operation.input(0), try operation.input(1)) {
    case (.flow, .flow): return try combined(operation)
    case (.flow(let ids), let other) where isTokens(ids): return try combined(ids: ids, other, operation)
    case (let other, .flow(let ids)) where isTokens(ids): return try combined(ids: ids, other, operation)
    case (.filled(0, let sizes), .partial(let partial)) where partial.step == .shiftedIDs:
      return try nothing(sizes, operation)
    case (.partial(let partial), .filled(0, let sizes)) where partial.step == .shiftedIDs:
      return try nothing(sizes, operation)
    case (.flow(let flow), .constant(let tensor)):
      return try combined(flow, tensor, isSecond: true, operation)
    case (.constant(let tensor), .flow(let flow)):
      return try combined(flow, tensor, isSecond: false, operation)
    case (.flow(let flow), .filled(let number, _)), (.filled(let number, _), .flow(let flow)):
      let tensor = ONNXTensor(shape: [], elements: .floats([number]))
      let isSecond = if case .flow = try operation.input(0) { true } else { false }
      return try combined(flow, tensor, isSecond: isSecond, operation)
    case (.partial(let partial), let other): return try combined(partial, other, isFirst: true, operation)
    case (let other, .partial(let partial)): return try combined(partial, other, isFirst: false, operation)
    default: return try numbers(operation)
    }
  }

  // MARK: Token ids

  private func isTokens(_ flow: ONNXFlow) -> Bool {
    guard case .input(let number)? = flow.parts.first?.source else { return false }
    return inputs[number].isTokens
  }

  /// What Keras computes with token ids, to count negative ones from the end: there are none in rnnpipe's rows.
  private func combined(
    ids: ONNXFlow, _ other: ONNXMeaning, _ operation: ONNXOperation
  ) throws -> ONNXMeaning {
    switch (operation.node.operation, other) {
    case ("Add", .constant(let tensor)) where tensor.integers?.count == 1:
      return .partial(ONNXPartial(step: .shiftedIDs, flow: ids))
    case ("Add", .filled(0, let sizes)), ("Mul", .filled(1, let sizes)):
      guard sizes == ids.sizes else { break }
      return .flow(ids)
    default: break
    }
    throw operation.refusal("computes with token ids")
  }

  /// Zeros, from ids that are left out.
  private func nothing(_ sizes: [ONNXSize], _ operation: ONNXOperation) throws -> ONNXMeaning {
    guard operation.node.operation == "Mul" else { throw operation.refusal("computes with token ids") }
    return .filled(0, sizes)
  }

  /// Whether token ids are negative, which they never are, and choices by that.
  func truth(_ operation: ONNXOperation) throws -> ONNXMeaning {
    switch (operation.node.operation, try operation.input(0)) {
    case ("Less", .flow(let ids)) where isTokens(ids):
      guard try operation.constant(1).uniform == 0, let sizes = ids.sizes else { break }
      return .filled(0, sizes)
    case ("Less", .constant(let number)):
      guard let a = number.uniform, let b = try operation.constant(1).uniform else { break }
      return .constant(ONNXTensor(shape: [], elements: .truths([a < b])))
    case ("And", .constant(let a)) where a.shape.isEmpty:
      guard case .truths(let other) = try operation.constant(1).elements, case .truths(let own) = a.elements,
        own.count == 1, other.count == 1
      else { break }
      return .constant(ONNXTensor(shape: [], elements: .truths([own[0] && other[0]])))
    case ("Not", .filled(let number, let sizes)) where number == 0 || number == 1:
      return .filled(1 - number, sizes)
    case ("Where", .filled(let number, _)) where number == 0 || number == 1:
      return try operation.input(number == 1 ? 1 : 2)
    default: break
    }
    throw operation.refusal("compares values")
  }

  // MARK: Values of the network

  private mutating func combined(_ operation: ONNXOperation) throws -> ONNXMeaning {
    let (a, b) = (try operation.flow(0), try operation.flow(1))
    if operation.node.operation == "Mul" {
      // x sigmoid(x) is silu.
      for (value, gate) in [(a, b), (b, a)] where isSigmoid(gate, of: value) {
        return .flow(
          append(.layer(ActivationLayer(function: .elementwise(.silu))), of: value, place: operation.place))
      }
    }
    return .flow(try merged(operation))
  }

  private func isSigmoid(_ gate: ONNXFlow, of value: ONNXFlow) -> Bool {
    guard gate.axes == value.axes, gate.parts.count == 1, value.parts.count == 1,
      case .output(let number) = gate.parts[0].source,
      let layer = drafts[number].layer as? ActivationLayer, layer.function == .elementwise(.sigmoid)
    else { return false }
    return drafts[number].inputs[0].source == value.parts[0].source
      && gate.parts[0].isReversed == value.parts[0].isReversed
  }

  private mutating func merged(_ operation: ONNXOperation) throws -> ONNXFlow {
    let flows = try operation.inputs.indices.map { try resolved(operation.flow($0), place: operation.place) }
    let layer: any LayerDefinition
    switch operation.node.operation {
    case "Add", "Sum": layer = Add()
    case "Sub": layer = Subtract()
    case "Mul": layer = Multiply()
    case "Max": layer = Maximum()
    case "Min": layer = Minimum()
    case "Mean": layer = Average()
    default: throw operation.refusal("divides values of the network by each other")
    }
    guard let axes = flows.first?.axes, flows.allSatisfy({ $0.axes == axes || isBroadcast($0, to: axes) }),
      flows.allSatisfy({ !isTokens($0) })
    else { throw operation.refusal("joins values of different shapes") }
    if flows.count == 1 { return flows[0] }
    return merged(flows, layer, axes: axes, place: operation.place)
  }

  /// Whether a vector is read at every step.
  private func isBroadcast(_ flow: ONNXFlow, to axes: [[ONNXAtom]]) -> Bool {
    flow.axes.count == axes.count && flow.steps == nil
      && flow.axes.indices.allSatisfy {
        flow.axes[$0] == axes[$0] || (flow.axes[$0].isEmpty && axes[$0].map(\.kind) == [.steps])
      }
  }

  // MARK: Values and constants

  private mutating func combined(
    _ flow: ONNXFlow, _ tensor: ONNXTensor, isSecond: Bool, _ operation: ONNXOperation
  ) throws -> ONNXMeaning {
    func changed(_ change: (Float) -> Float) throws -> ONNXTensor {
      guard let numbers = tensor.floats else {
        throw operation.refusal("computes with constants that aren't float")
      }
      return ONNXTensor(shape: tensor.shape, elements: .floats(numbers.map(change)))
    }
    let less = ONNXTensor(shape: [], elements: .floats([-1]))
    switch operation.node.operation {
    case "Add": return .flow(try affine(flow, summands: tensor, operation))
    case "Sub" where isSecond: return .flow(try affine(flow, summands: changed { -$0 }, operation))
    case "Sub": return .flow(try affine(flow, factors: less, summands: tensor, operation))
    case "Mul", "Div":
      guard isSecond || operation.node.operation == "Mul" else {
        throw operation.refusal("divides constants by a value of the network")
      }
      let isQuotient = operation.node.operation == "Div"
      if let number = tensor.uniform, isRootHalf(isQuotient ? 1 / number : number), readsErf(operation) {
        return .partial(ONNXPartial(step: .rootHalf, flow: try resolved(flow, place: operation.place)))
      }
      return .flow(
        try affine(flow, factors: isQuotient ? changed { 1 / $0 } : tensor, summands: nil, operation))
    case "Max" where tensor.uniform == 0:
      return .flow(rectified(try resolved(flow, place: operation.place), operation))
    default: throw operation.refusal("limits values by constants", "use relu or a rectifier with a limit")
    }
  }

  private mutating func rectified(_ flow: ONNXFlow, _ operation: ONNXOperation) -> ONNXFlow {
    append(.layer(ActivationLayer(function: .elementwise(.relu))), of: flow, place: operation.place)
  }

  private func isRootHalf(_ number: Float) -> Bool { abs(number - Float(0.5).squareRoot()) < 1e-6 }

  /// Whether the node's value is only read by Erf.
  private func readsErf(_ operation: ONNXOperation) -> Bool {
    let own = operation.node.outputs.flatMap { readers[$0] ?? [] }
    return !own.isEmpty && own.allSatisfy { $0 == "Erf" }
  }

  // MARK: Steps of normalization and gelu

  mutating func step(_ operation: ONNXOperation) throws -> ONNXMeaning {
    switch (operation.node.operation, try operation.input(0)) {
    case ("ReduceMean", .flow(let flow)), ("GlobalAveragePool", .flow(let flow)):
      return try mean(flow, operation)
    case ("ReduceMean", .partial(let partial)) where partial.step == .squares,
      ("GlobalAveragePool", .partial(let partial)) where partial.step == .squares:
      try checkReducesFeatures(partial.flow, operation)
      return .partial(ONNXPartial(step: .variance, flow: partial.flow))
    case ("Pow", .partial(let partial)) where partial.step == .centered:
      guard try operation.constant(1).uniform == 2 else { break }
      return .partial(ONNXPartial(step: .squares, flow: partial.flow))
    case ("Neg", .partial(let partial)) where partial.step == .mean:
      return .partial(ONNXPartial(step: .negativeMean, flow: partial.flow))
    case ("Sqrt", .partial(let partial)):
      guard case .shifted(let epsilon) = partial.step else { break }
      return .partial(ONNXPartial(step: .deviation(epsilon), flow: partial.flow))
    case ("Reciprocal", .partial(let partial)):
      guard case .deviation(let epsilon) = partial.step, let width = partial.flow.width else { break }
      let ones = [Float](repeating: 1, count: width)
      return .partial(ONNXPartial(step: .inverse(epsilon, ones), flow: partial.flow))
    case ("Erf", .partial(let partial)) where partial.step == .rootHalf:
      return .partial(ONNXPartial(step: .erf, flow: partial.flow))
    default: break
    }
    throw operation.refusal("isn't a step of a layer normalization or gelu, and is read only there")
  }

  /// The mean of the steps, or of the features as the first step of a normalization.
  private mutating func mean(_ given: ONNXFlow, _ operation: ONNXOperation) throws -> ONNXMeaning {
    let flow = try resolved(given, place: operation.place)
    let isGlobal = operation.node.operation == "GlobalAveragePool" && flow.axes.count == 3
    if try (isGlobal ? 2 : reducedAxes(flow, operation)) == flow.axis(.steps) {
      return .flow(try pooled(flow, GlobalAveragePooling1D(), operation))
    }
    try checkReducesFeatures(flow, operation)
    return .partial(ONNXPartial(step: .mean, flow: flow))
  }

  /// The one axis that a node reduces: an input since opset 18, an attribute before.
  func reducedAxes(_ flow: ONNXFlow, _ operation: ONNXOperation) throws -> Int {
    try operation.checkAttributes(["axes", "keepdims", "noop_with_empty_axes"])
    guard let axes = try operation.integers("axes") ?? operation.integers(1), axes.count == 1 else {
      throw operation.refusal("reduces several axes")
    }
    return try operation.axis(axes[0], rank: flow.axes.count)
  }

  /// Throws unless a node reduces the last axis, and keeps it.
  private func checkReducesFeatures(_ flow: ONNXFlow, _ operation: ONNXOperation) throws {
    let isGlobal = operation.node.operation == "GlobalAveragePool" && flow.axes.count == 3
    guard flow.width != nil, try isGlobal || reducedAxes(flow, operation) == flow.axes.count - 1,
      try isGlobal || operation.integer("keepdims", default: 1) == 1
    else {
      throw operation.refusal("reduces something other than the steps, or the features of a normalization")
    }
  }

  private mutating func combined(
    _ partial: ONNXPartial, _ given: ONNXMeaning, isFirst: Bool, _ operation: ONNXOperation
  ) throws -> ONNXMeaning {
    // Both directions of a layer are joined in one place, so that equal values are known as such.
    var other = given
    if case .flow(let flow) = given { other = .flow(try resolved(flow, place: operation.place)) }
    let x = partial.flow
    func next(_ step: ONNXPartial.Step) -> ONNXMeaning { .partial(ONNXPartial(step: step, flow: x)) }
    switch (partial.step, operation.node.operation, other) {
    case (.mean, "Sub", .flow(x)) where !isFirst: return next(.centered)
    case (.centered, "Mul", .partial(let same)) where same.step == .centered && same.flow == x:
      return next(.squares)
    case (.variance, "Add", .constant(let tensor)):
      guard let epsilon = tensor.uniform else { break }
      return next(.shifted(epsilon))
    case (.centered, "Div", .partial(let root)) where isFirst && root.flow == x:
      guard case .deviation(let epsilon) = root.step else { break }
      return .flow(try normalized(x, epsilon, operation))
    case (.inverse(let epsilon, let factors), "Mul", .constant(let tensor)):
      let own = try vector(tensor, width: factors.count, operation)
      return next(.inverse(epsilon, zip(factors, own).map { $0 * $1 }))
    case (.inverse(let epsilon, let factors), "Mul", .flow(x)): return next(.scaled(epsilon, factors))
    case (.inverse(let epsilon, let factors), "Mul", .partial(let mean))
    where mean.step == .mean && mean.flow == x:
      return next(.scaledMean(epsilon, factors))
    case (.mean, "Mul", .partial(let inverse)) where inverse.flow == x:
      guard case .inverse(let epsilon, let factors) = inverse.step else { break }
      return next(.scaledMean(epsilon, factors))
    case (.scaledMean(let epsilon, let factors), "Sub", .constant(let tensor)) where !isFirst:
      return next(.rest(epsilon, factors, try vector(tensor, width: factors.count, operation)))
    case (.scaled(let epsilon, let factors), "Add", .partial(let rest)) where rest.flow == x:
      guard case .rest(epsilon, factors, let summands) = rest.step else { break }
      return .flow(affine(try normalized(x, epsilon, operation), factors, summands, operation))
    case (.rest(let epsilon, let factors, let summands), "Add", .partial(let scaled)) where scaled.flow == x:
      guard scaled.step == .scaled(epsilon, factors) else { break }
      return .flow(affine(try normalized(x, epsilon, operation), factors, summands, operation))
    case (.inverse(let epsilon, let factors), "Mul", .partial(let mean))
    where mean.step == .negativeMean && mean.flow == x:
      return next(.rest(epsilon, factors, factors.map { _ in 0 }))
    case (.negativeMean, "Mul", .partial(let inverse)) where inverse.flow == x:
      guard case .inverse(let epsilon, let factors) = inverse.step else { break }
      return next(.rest(epsilon, factors, factors.map { _ in 0 }))
    case (.rest(let epsilon, let factors, let summands), "Add", .constant(let tensor)):
      let own = try vector(tensor, width: factors.count, operation)
      return next(.rest(epsilon, factors, zip(summands, own).map { $0 + $1 }))
    case (.scaled(let epsilon, let factors), "Sub", .partial(let mean)) where isFirst && mean.flow == x:
      guard mean.step == .scaledMean(epsilon, factors) else { break }
      let zeros = [Float](repeating: 0, count: factors.count)
      return .flow(affine(try normalized(x, epsilon, operation), factors, zeros, operation))
    default: return try gelu(partial, other, operation)
    }
    throw operation.refusal("isn't a step of a layer normalization that is known")
  }

  private mutating func gelu(
    _ partial: ONNXPartial, _ other: ONNXMeaning, _ operation: ONNXOperation
  ) throws -> ONNXMeaning {
    let x = partial.flow
    switch (partial.step, operation.node.operation, other) {
    case (.erf, "Add", .constant(let tensor)) where tensor.uniform == 1:
      return .partial(ONNXPartial(step: .distribution(1), flow: x))
    case (.distribution(1), "Mul", .constant(let tensor)) where tensor.uniform == 0.5:
      return .partial(ONNXPartial(step: .distribution(0.5), flow: x))
    case (.distribution(1), "Mul", .flow(x)): return .partial(ONNXPartial(step: .weighted(1), flow: x))
    case (.distribution(0.5), "Mul", .flow(x)), (.distribution(1), "Mul", .flow(half(of: x, other))):
      return .flow(gelu(of: x, operation))
    case (.weighted(1), "Mul", .constant(let tensor)) where tensor.uniform == 0.5:
      return .flow(gelu(of: x, operation))
    default: throw operation.refusal("isn't a step of a layer normalization or gelu that is known")
    }
  }

  /// The other value, if it is half of x; else x.
  private func half(of x: ONNXFlow, _ other: ONNXMeaning) -> ONNXFlow {
    guard case .flow(let flow) = other, flow.axes == x.axes,
      case .output(let number)? = flow.parts.first?.source,
      case .affine(let factors, let summands) = drafts[number].kind, factors.allSatisfy({ $0 == 0.5 }),
      summands.allSatisfy({ $0 == 0 }), drafts[number].inputs[0].source == x.parts[0].source
    else { return x }
    return flow
  }

  private mutating func gelu(of flow: ONNXFlow, _ operation: ONNXOperation) -> ONNXFlow {
    append(.layer(ActivationLayer(function: .elementwise(.gelu))), of: flow, place: operation.place)
  }

  // MARK: Sizes and constants

  private func numbers(_ operation: ONNXOperation) throws -> ONNXMeaning {
    if case .constant(let a) = try operation.input(0), case .constant(let b) = try operation.input(1),
      let x = a.floats, let y = b.floats, !x.isEmpty, !y.isEmpty,
      a.shape == b.shape || x.count == 1 || y.count == 1
    {
      let shape = x.count >= y.count && a.shape.count >= b.shape.count ? a.shape : b.shape
      let count = max(x.count, y.count)
      guard shape.reduce(1, *) == count else {
        throw operation.refusal("computes with constants of different shapes")
      }
      let result = try (0..<count).map { index in
        try Self.float(operation, x[x.count == 1 ? 0 : index], y[y.count == 1 ? 0 : index])
      }
      return .constant(ONNXTensor(shape: shape, elements: .floats(result)))
    }
    let (a, b) = (try operation.sizes(0), try operation.sizes(1))
    guard a.count == b.count || (a.count == 1 && !b.isEmpty) || (b.count == 1 && !a.isEmpty) else {
      throw operation.refusal("computes sizes of different lists")
    }
    func isScalar(_ number: Int) throws -> Bool {
      switch try operation.input(number) {
      case .sizes(_, let isScalar): isScalar
      case .constant(let tensor): tensor.shape.isEmpty
      default: false
      }
    }
    let sizes = try (0..<max(a.count, b.count)).map { index in
      try Self.size(operation, a[a.count == 1 ? 0 : index], b[b.count == 1 ? 0 : index])
    }
    return .sizes(sizes, isScalar: try isScalar(0) && isScalar(1))
  }

  private static func float(_ operation: ONNXOperation, _ a: Float, _ b: Float) throws -> Float {
    switch operation.node.operation {
    case "Add": a + b
    case "Sub": a - b
    case "Mul": a * b
    case "Div": a / b
    default: throw operation.refusal("computes with constants in a way that isn't supported")
    }
  }

  private static func size(_ operation: ONNXOperation, _ a: ONNXSize, _ b: ONNXSize) throws -> ONNXSize {
    switch operation.node.operation {
    case "Mul": if let product = ONNXSize.product(a, b) { return product }
    case "Add" where !a.isPerRow && !b.isPerRow:
      let (sum, isTooLarge) = a.number.addingReportingOverflow(b.number)
      if !isTooLarge { return ONNXSize(number: sum) }
    case "Sub" where !a.isPerRow && !b.isPerRow:
      let (difference, isTooLarge) = a.number.subtractingReportingOverflow(b.number)
      if !isTooLarge { return ONNXSize(number: difference) }
    case "Div" where !b.isPerRow && b.number > 0 && a.number.isMultiple(of: b.number):
      return ONNXSize(number: a.number / b.number, isPerRow: a.isPerRow)
    default: break
    }
    throw operation.refusal("computes a size in a way that isn't supported")
  }
}
