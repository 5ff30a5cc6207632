// Reshape, Flatten, Slice, Gather, Concat and Split: what they are in the network depends on the axes that they touch.

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  mutating func flattened(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["axis"])
    var flow = try operation.flow(0)
    let axis = try operation.integer("axis", default: 1)
    guard axis == 1 || axis == 1 - flow.axes.count, !flow.axes.isEmpty else {
      throw operation.refusal("flattens rows too")
    }
    flow.axes = [flow.axes[0], flow.axes.dropFirst().flatMap { $0 }]
    return .flow(flow)
  }

  mutating func reshaped(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["allowzero"])
    let target = try operation.sizes(1)
    switch try operation.input(0) {
    case .flow(let flow): return .flow(try reshaped(flow, target, operation))
    case .constant(let tensor):
      let shape = try completed(target, from: tensor.shape.map { ONNXSize(number: $0) }, operation)
      return .constant(tensor.reshaped(shape.map(\.number)))
    case .filled(let number, let sizes): return .filled(number, try completed(target, from: sizes, operation))
    case .sizes(let sizes, _):
      let isVector = target.count == 1 && [-1, sizes.count].contains(target[0].number)
      guard isVector || (target.isEmpty && sizes.count == 1) else {
        throw operation.refusal("reshapes sizes")
      }
      return .sizes(sizes, isScalar: target.isEmpty)
    case .partial: throw operation.refusal("reads an intermediate value")
    }
  }

  /// The sizes with what 0 and -1 stand for.
  private func completed(
    _ target: [ONNXSize], from own: [ONNXSize], _ operation: ONNXOperation
  ) throws -> [ONNXSize] {
    let copiesZeros = try operation.integer("allowzero", default: 0) == 0
    var sizes = target
    for (number, size) in target.enumerated() where size.number == 0 && !size.isPerRow && copiesZeros {
      guard number < own.count else { throw operation.refusal("copies an axis that doesn't exist") }
      sizes[number] = own[number]
    }
    let open = sizes.indices.filter { sizes[$0].number == -1 }
    guard open.count < 2, sizes.indices.allSatisfy({ sizes[$0].number > 0 || open.contains($0) }) else {
      throw operation.refusal("has a shape of unclear size")
    }
    func total(_ sizes: [ONNXSize]) throws -> ONNXSize {
      var result: ONNXSize? = ONNXSize(number: 1)
      for size in sizes { result = result.flatMap { ONNXSize.product($0, size) } }
      guard let result else { throw operation.refusal("has a shape that is too large") }
      return result
    }
    let (all, known) = (
      try total(own), try total(sizes.indices.filter { !open.contains($0) }.map { sizes[$0] })
    )
    if let place = open.first {
      guard all.number.isMultiple(of: known.number), all.isPerRow || !known.isPerRow else {
        throw operation.refusal("has a shape of another size than its input")
      }
      sizes[place] = ONNXSize(number: all.number / known.number, isPerRow: all.isPerRow && !known.isPerRow)
    }
    guard try total(sizes) == all else {
      throw operation.refusal("has a shape of another size than its input")
    }
    return sizes
  }

  private mutating func reshaped(
    _ flow: ONNXFlow, _ target: [ONNXSize], _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    guard let own = flow.sizes else { throw operation.refusal("reads a value that is too large") }
    let sizes = try completed(target, from: own, operation)
    if let axes = flow.regrouped(sizes) {
      var result = flow
      result.axes = axes
      return result
    }
    // A row in other steps.
    let resolved = try resolved(flow, place: operation.place)
    let kinds = resolved.axes.map { $0.map(\.kind) }
    guard kinds == [[.batch], [.features]] || kinds == [[.batch], [.steps], [.features]], sizes.count == 3,
      sizes[0] == own[0], !resolved.parts[0].isReversed
    else { throw operation.refusal("divides axes in a way that isn't supported") }
    let (steps, width) = (sizes[1].number, sizes[2].number)
    guard 1...1 << 24 ~= steps, 1...1 << 24 ~= width else {
      throw operation.refusal("has a shape that is too large")
    }
    return append(
      .layer(Reshape(first: steps, features: width)), of: resolved, place: operation.place,
      axes: [resolved.axes[0], [.steps(steps)], [.features(width)]])
  }

  // MARK: Slices

  /// A slice along one axis.
  private struct Range {
    let axis: Int
    let start: Int
    let end: Int
    let step: Int
  }

  mutating func sliced(_ operation: ONNXOperation) throws -> ONNXMeaning {
    guard let starts = try operation.integers(1), let ends = try operation.integers(2),
      starts.count == ends.count
    else { throw operation.refusal("has no starts and ends") }
    let axes = try operation.integers(3) ?? Array(starts.indices)
    let steps = try operation.integers(4) ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
      throw operation.refusal("has starts, ends, axes and steps of different numbers")
    }
    var value = try operation.input(0)
    for number in starts.indices {
      let range = Range(axis: axes[number], start: starts[number], end: ends[number], step: steps[number])
      value = try sliced(value, range, operation)
    }
    return value
  }

  private mutating func sliced(
    _ value: ONNXMeaning, _ range: Range, _ operation: ONNXOperation
  ) throws -> ONNXMeaning {
    switch value {
    case .flow(let flow): return .flow(try sliced(flow, range, operation))
    case .constant(let tensor):
      let axis = try operation.axis(range.axis, rank: tensor.shape.count)
      let indices = Self.indices(range, tensor.shape[axis])
      try spend(tensor.shape.reduce(1, *), operation)
      return .constant(tensor.taking(indices, axis: axis))
    case .sizes(let sizes, false):
      guard try operation.axis(range.axis, rank: 1) == 0 else { throw operation.refusal("slices sizes") }
      return .sizes(Self.indices(range, sizes.count).map { sizes[$0] }, isScalar: false)
    case .filled(let number, var sizes):
      let axis = try operation.axis(range.axis, rank: sizes.count)
      guard !sizes[axis].isPerRow, 0...1 << 24 ~= sizes[axis].number else {
        throw operation.refusal("slices rows")
      }
      sizes[axis] = ONNXSize(number: Self.indices(range, sizes[axis].number).count)
      return .filled(number, sizes)
    default: throw operation.refusal("slices an intermediate value")
    }
  }

  /// The indices that a slice takes, as ONNX clamps them.
  private static func indices(_ range: Range, _ extent: Int) -> [Int] {
    func placed(_ index: Int) -> Int { index < 0 ? index + extent : index }
    if range.step > 0 {
      let (start, end) = (min(max(placed(range.start), 0), extent), min(max(placed(range.end), 0), extent))
      return Array(stride(from: start, to: end, by: min(range.step, extent + 1)))
    }
    let start = min(max(placed(range.start), 0), extent - 1)
    let end = min(max(placed(range.end), -1), extent - 1)
    return Array(stride(from: start, to: end, by: max(range.step, -extent - 1)))
  }

  private mutating func sliced(_ flow: ONNXFlow, _ range: Range, _ operation: ONNXOperation) throws
    -> ONNXFlow
  {
    let axis = try operation.axis(range.axis, rank: flow.axes.count)
    guard flow.axes[axis].count <= 1 else {
      throw operation.refusal("slices an axis that is made of several")
    }
    let extent = flow.axes[axis].first.map(\.extent) ?? 1
    guard let extent else {
      guard range.start == 0, range.step == 1, range.end >= 1 << 31 - 1 else {
        throw operation.refusal("slices rows")
      }
      return flow
    }
    return try taking(Self.indices(range, extent), axis: axis, of: flow, operation)
  }

  /// The elements with these indices along an axis that counts one thing.
  private mutating func taking(
    _ indices: [Int], axis: Int, of flow: ONNXFlow, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let extent = flow.axes[axis].first?.extent ?? 1
    if indices == Array(0..<extent) { return flow }
    switch flow.axes[axis].first?.kind {
    case .directions:
      guard indices.count == 1, flow.parts.indices.contains(indices[0]) else { break }
      var result = flow
      (result.parts, result.axes[axis]) = ([flow.parts[indices[0]]], [])
      return result
    case .steps:
      if indices == Array((0..<extent).reversed()) {
        var result = flow
        for part in result.parts.indices { result.parts[part].isReversed.toggle() }
        return result
      }
      if indices.count == 1 { return try step(indices[0], axis: axis, of: flow, operation) }
      return try cropped(indices, axis: axis, of: flow, operation)
    default: break
    }
    throw operation.refusal("takes a part of an axis that can't be divided")
  }

  private mutating func cropped(
    _ indices: [Int], axis: Int, of given: ONNXFlow, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let flow = try resolved(given, place: operation.place)
    guard let extent = given.axes[axis].first?.extent, let first = indices.first,
      indices == Array(first..<first + indices.count), flow.axes[axis] == given.axes[axis]
    else { throw operation.refusal("takes steps that don't follow one another") }
    let ends = (first, extent - first - indices.count)
    let (start, end) = flow.parts[0].isReversed ? (ends.1, ends.0) : ends
    var axes = flow.axes
    axes[axis] = [.steps(indices.count)]
    return append(
      .layer(Cropping1D(cropping: CroppedSteps(start: start, end: end))), of: flow, place: operation.place,
      axes: axes)
  }

  /// One step; of a recurrent layer the last one that it processes is its state.
  private mutating func step(
    _ index: Int, axis: Int, of given: ONNXFlow, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    let flow = try resolved(given, place: operation.place)
    guard let extent = given.axes[axis].first?.extent, flow.axes[axis] == given.axes[axis] else {
      throw operation.refusal("takes a step of an axis that is made of several")
    }
    var axes = flow.axes
    axes[axis] = []
    let part = flow.parts[0]
    let place = part.isReversed ? extent - 1 - index : index
    if place == extent - 1, case .output(let number) = part.source, drafts[number].recurrent != nil {
      return ONNXFlow(parts: [ONNXPart(source: .final(number, state: 0))], axes: axes)
    }
    var source = ONNXFlow(parts: [ONNXPart(source: part.source)], axes: flow.axes)
    if place < extent - 1 {
      var cut = flow.axes
      cut[axis] = [.steps(place + 1)]
      let layer = Cropping1D(cropping: CroppedSteps(start: 0, end: extent - 1 - place))
      source = append(.layer(layer), of: source, place: operation.place, axes: cut)
    }
    return append(.layer(LastStep()), of: source, place: operation.place, axes: axes)
  }

  mutating func gathered(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["axis"])
    let given = try operation.integer("axis", default: 0)
    if case .constant(let table) = try operation.input(0), case .flow(let ids)? = operation.optional(1) {
      guard given == 0 else { throw operation.refusal("looks ids up in the columns of a table") }
      return .flow(try embedding(table, ids, operation))
    }
    let indices = try operation.constant(1)
    guard let numbers = indices.integers, indices.shape.count <= 1 else {
      throw operation.refusal("takes elements at places that aren't a list of whole numbers")
    }
    let isScalar = indices.shape.isEmpty
    func places(_ extent: Int) throws -> [Int] {
      guard numbers.count <= extent, numbers.allSatisfy({ -extent..<extent ~= $0 }) else {
        throw operation.refusal("takes elements that don't exist")
      }
      return numbers.map { $0 < 0 ? $0 + extent : $0 }
    }
    switch try operation.input(0) {
    case .flow(let flow):
      let axis = try operation.axis(given, rank: flow.axes.count)
      guard let sizes = flow.sizes, flow.axes[axis].count <= 1, !sizes[axis].isPerRow else {
        throw operation.refusal("takes rows")
      }
      let result = try taking(places(sizes[axis].number), axis: axis, of: flow, operation)
      return .flow(isScalar ? result.removing([axis]) : result)
    case .constant(let tensor):
      let axis = try operation.axis(given, rank: tensor.shape.count)
      try spend(tensor.shape.reduce(1, *), operation)
      let result = tensor.taking(try places(tensor.shape[axis]), axis: axis)
      return .constant(
        isScalar
          ? result.reshaped(tensor.shape.enumerated().filter { $0.offset != axis }.map(\.element)) : result)
    case .sizes(let sizes, false):
      return .sizes(try places(sizes.count).map { sizes[$0] }, isScalar: isScalar)
    case .filled(let number, var sizes):
      let axis = try operation.axis(given, rank: sizes.count)
      guard !sizes[axis].isPerRow, 0...1 << 24 ~= sizes[axis].number else {
        throw operation.refusal("takes rows")
      }
      let count = try places(sizes[axis].number).count
      sizes[axis] = ONNXSize(number: count)
      if isScalar { sizes.remove(at: axis) }
      return .filled(number, sizes)
    default: throw operation.refusal("takes elements of an intermediate value")
    }
  }

  /// All steps from the last to the first.
  func reversed(_ operation: ONNXOperation) throws -> ONNXFlow {
    try operation.checkAttributes(["batch_axis", "time_axis"])
    var flow = try operation.flow(0)
    let steps = try operation.integer("time_axis", default: 0)
    guard let axis = flow.axis(.steps), axis == steps,
      try operation.integer("batch_axis", default: 1) == flow.axis(.batch),
      let count = flow.steps
    else { throw operation.refusal("reverses something other than steps") }
    switch try operation.input(1) {
    case .filled(Float(count), _): break
    case .constant(let lengths) where lengths.uniform == Float(count): break
    default: throw operation.refusal("reverses rows of different lengths")
    }
    for part in flow.parts.indices { flow.parts[part].isReversed.toggle() }
    return flow
  }

  // MARK: Concat and Split

  mutating func concatenated(_ operation: ONNXOperation) throws -> ONNXMeaning {
    try operation.checkAttributes(["axis"])
    let given = try operation.integer("axis", default: 0)
    let values = try operation.inputs.indices.map { try operation.input($0) }
    if case .flow? = values.first {
      return .flow(
        try concatenated(try values.indices.map { try operation.flow($0) }, axis: given, operation))
    }
    let tensors = values.compactMap { value -> ONNXTensor? in
      if case .constant(let tensor) = value { tensor } else { nil }
    }
    if tensors.count == values.count, let first = tensors.first {
      let axis = try operation.axis(given, rank: first.shape.count)
      try spend(tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }, operation)
      guard let result = ONNXTensor.joined(tensors, axis: axis) else {
        throw operation.refusal("joins constants of different shapes or types")
      }
      return .constant(result)
    }
    if case .filled(let number, var sizes)? = values.first {
      for value in values.dropFirst() {
        guard case .filled(number, let other) = value, other.count == sizes.count else {
          throw operation.refusal("joins different numbers")
        }
        let axis = try operation.axis(given, rank: sizes.count)
        let sum = sizes[axis].number.addingReportingOverflow(other[axis].number)
        guard !sizes[axis].isPerRow, !other[axis].isPerRow, !sum.overflow else {
          throw operation.refusal("joins rows")
        }
        sizes[axis] = ONNXSize(number: sum.partialValue)
      }
      return .filled(number, sizes)
    }
    let sizes = try values.indices.map { try operation.sizes($0) }
    try spend(sizes.reduce(0) { $0 + $1.count }, operation)
    return .sizes(sizes.flatMap { $0 }, isScalar: false)
  }

  private mutating func concatenated(
    _ given: [ONNXFlow], axis: Int, _ operation: ONNXOperation
  ) throws -> ONNXFlow {
    if let states = stacked(given, axis: axis) { return states }
    let flows = try given.map { try resolved($0, place: operation.place) }
    let first = flows[0]
    let axis = try operation.axis(axis, rank: first.axes.count)
    let kind = first.axes[axis].first?.kind
    var total = 0
    for flow in flows {
      guard flow.axes.count == first.axes.count, flow.axes[axis].count == 1, flow.axes[axis][0].kind == kind,
        let extent = flow.axes[axis][0].extent,
        flow.axes.indices.allSatisfy({ $0 == axis || flow.axes[$0] == first.axes[$0] })
      else { throw operation.refusal("joins values of different shapes") }
      total += extent
    }
    guard total <= 1 << 24 else { throw operation.refusal("joins too much") }
    var axes = first.axes
    axes[axis] = [ONNXAtom(kind: kind ?? .features, extent: total)]
    switch kind {
    case .features: return merged(flows, Concatenate(axis: -1), axes: axes, place: operation.place)
    case .steps where flows.allSatisfy({ !$0.parts[0].isReversed }):
      return merged(flows, Concatenate(axis: 1), axes: axes, place: operation.place)
    default: throw operation.refusal("joins rows, directions or reversed steps")
    }
  }

  /// States of several layers or directions, one after another, of which later nodes take some; nil for other values.
  private func stacked(_ flows: [ONNXFlow], axis: Int) -> ONNXFlow? {
    guard let first = flows.first, -first.axes.count..<first.axes.count ~= axis else { return nil }
    let place = axis < 0 ? axis + first.axes.count : axis
    let isStack = flows.allSatisfy { flow in
      flow.axes.count == first.axes.count && flow.steps == nil
        && flow.axes[place].allSatisfy { $0.kind == .directions }
        && flow.axes.indices.allSatisfy { $0 == place || flow.axes[$0] == first.axes[$0] }
        && flow.parts.count == (flow.axes[place].first?.extent ?? 1)
    }
    guard isStack else { return nil }
    var result = first
    result.parts = flows.flatMap(\.parts)
    result.axes[place] = [ONNXAtom(kind: .directions, extent: result.parts.count)]
    return result
  }

  /// Each direction of a recurrent layer; constants.
  mutating func split(_ operation: ONNXOperation) throws -> [ONNXMeaning] {
    try operation.checkAttributes(["axis", "split", "num_outputs"])
    let count = operation.node.outputs.count
    let given = try operation.integer("axis", default: 0)
    let rank: Int
    let extent: Int
    switch try operation.input(0) {
    case .flow(let flow):
      rank = flow.axes.count
      let axis = try operation.axis(given, rank: rank)
      guard let size = flow.sizes?[axis], !size.isPerRow, flow.axes[axis].count <= 1 else {
        throw operation.refusal("splits rows")
      }
      extent = size.number
    case .constant(let tensor):
      rank = tensor.shape.count
      extent = tensor.shape[try operation.axis(given, rank: rank)]
    default: throw operation.refusal("splits an intermediate value")
    }
    let axis = try operation.axis(given, rank: rank)
    let equal = (extent + count - 1) / max(count, 1)
    let lengths =
      try operation.integers("split") ?? operation.integers(1)
      ?? (0..<count).map { max(0, min(equal, extent - $0 * equal)) }
    guard lengths.count == count, lengths.allSatisfy({ 0...extent ~= $0 }), lengths.reduce(0, +) == extent
    else {
      throw operation.refusal("has parts that don't add up")
    }
    var start = 0
    var results: [ONNXMeaning] = []
    for length in lengths {
      let range = Range(axis: axis, start: start, end: start + length, step: 1)
      results.append(try sliced(operation.input(0), range, operation))
      start += length
    }
    return results
  }
}
