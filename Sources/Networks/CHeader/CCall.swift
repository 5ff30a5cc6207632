// What a layer is given to write itself into a program in C.

import Failures
import Tensor
import TensorFile

/// A value that a layer reads.
struct CInput {
  /// The value: a vector, or a sequence of vectors or ids.
  let value: CValue
  /// The shape of a row.
  let shape: ValueShape
  /// 1 for steps that count, 0 for others; nil if all count.
  let mask: CValue?
}

/// A weight, and how the model stores it.
struct CWeight {
  let tensor: Tensor
  /// Nil for single precision.
  var narrow: NarrowTensor?
}

extension LayerDefinition {
  /// Refuses: there is no C for the layer, unless it is the identity in prediction.
  func writeC(_ call: CCall) throws -> [CValue] {
    guard isIdentityInPrediction else { throw call.refusal() }
    return [call.input.value]
  }

  /// The mask by the layer's rule; layers that make masks have their own.
  func maskInC(_ call: CCall) throws -> CValue? {
    try mask(of: call.name, from: call.inputs.map(\.mask), either: call.either)
  }

  var needsStepsInC: Bool { false }
  var readsApartInC: Int { 0 }
}

/// What a layer is given to write itself.
struct CCall {
  let program: CProgram
  /// The layer's name, the beginning of its constants' names.
  let name: String
  /// The values that it reads.
  let inputs: [CInput]
  /// Its weights, by role.
  let weights: [String: CWeight]
  /// Whether it is one of two directions, whose outputs stay in the order of time.
  var isDirection = false

  /// The first value that it reads.
  var input: CInput { inputs[0] }
  /// The numbers of a step, or of the vector, of the first value.
  var width: Int { input.shape.width }

  /// The call of a layer that this one wraps, with the weights whose roles begin with `prefix`.
  func inner(_ name: String, prefix: String, inputs: [CInput]) -> CCall {
    CCall(
      program: program, name: "\(self.name).\(name)", inputs: inputs,
      weights: innerWeights(weights, prefix: prefix))
  }

  /// The call for these inputs, whose layers run in another program.
  func within(_ program: CProgram, inputs: [CInput] = []) -> CCall {
    CCall(program: program, name: name, inputs: inputs, weights: weights, isDirection: isDirection)
  }

  /// What is thrown for a layer that can't be written in C.
  func refusal(_ reason: String? = nil) -> Failure {
    Failure.data(
      "a C header can't hold the layer \(name)\(reason.map { ", \($0)" } ?? "")",
      remedy: "train without it, or write the weights alone as .safetensors or .npz")
  }

  // MARK: Values

  /// Computes a value from others, step by step if one of them has steps.
  ///
  /// - Parameters:
  ///   - width: its numbers of a step, or of the vector.
  ///   - work: the multiplications with additions.
  ///   - isCheap: whether each loop may compute it anew.
  ///   - body: lines that write to the first name from the others.
  func each(
    _ width: Int, _ reads: [CValue], _ element: CElement = .float, as suffix: String = "", work: Int = 0,
    isCheap: Bool = false, _ body: (String, [String]) -> [String]
  ) -> CValue {
    let variable = program.names.unique(name + suffix)
    let lines = body(variable, reads.map { program[$0].name })
    guard let axis = program.axis(of: reads) else {
      let level = program.level(reading: reads)
      let value = program.add(
        CDescription(name: variable, element: element, width: width, axis: nil, place: .vector(level: level)))
      program.add(CPiece(lines: lines, reads: reads, writes: [value], work: work), level: level)
      return value
    }
    let loop = program.loop(reading: reads, over: axis)
    let place: CPlace =
      isCheap && program.areStored(reads, below: loop.level) ? .anyLoop(level: loop.level) : .loop(loop)
    let value = program.add(
      CDescription(name: variable, element: element, width: width, axis: axis, place: place))
    let piece = CPiece(lines: lines, reads: reads, writes: [value], work: work)
    if case .anyLoop = place { program.repeat(piece, for: value) } else { program.add(piece, to: loop) }
    return value
  }

  /// A vector that is there once a loop has ended.
  func result(of loop: CLoop, at home: String, _ width: Int, as suffix: String) -> CValue {
    program.add(
      CDescription(
        name: program.names.unique(name + suffix), width: width, axis: nil,
        place: .vector(level: loop.level + 1), home: home))
  }

  /// A sequence of which all steps are stored, equal to this one.
  func whole(_ value: CValue) -> CValue {
    let own = program[value]
    if case .argument = own.place { return value }
    if case .view(_, _, _, let stride) = own.place, stride == own.width { return value }
    if case .loop = own.place {
      program.store(value)
      return value
    }
    let copy = each(own.width, [value], own.element, as: "_copy") { to, from in
      [call(copying: own.width, from[0], to, own.element)]
    }
    program.store(copy)
    return copy
  }

  /// The numbers of a whole value in another shape.
  func view(_ value: CValue, width: Int, axis: CAxis?, offset: Int = 0, stride: Int? = nil) -> CValue {
    let level = program.level(reading: [value])
    let own = program[value]
    return program.add(
      CDescription(
        name: program.names.unique(name), element: own.element, width: width, axis: axis,
        place: .view(value, level: level, offset: offset, stride: stride ?? width)))
  }

  /// A mask of the steps that count in any of these; nil if one of them counts all.
  func either(_ masks: [CValue?]) -> CValue? {
    let known = masks.compactMap { $0 }
    guard known.count == masks.count else { return nil }
    guard known.count > 1 else { return known[0] }
    return each(1, known, .flag, as: "_mask", isCheap: true) { mask, others in
      ["\(mask)[0] = (uint8_t)(\(others.map { "\($0)[0]" }.joined(separator: " || ")));"]
    }
  }

  /// The state's members that a layer keeps from step to step begin with this name.
  func memberName(_ suffix: String) -> String { program.names.unique("\(name)_\(suffix)") }
}

// MARK: - Lines

extension CCall {
  /// Copies numbers.
  func call(copying count: Int, _ from: String, _ to: String, _ element: CElement = .float) -> String {
    "memcpy(\(to), \(from), \(count) * sizeof(\(element.rawValue)));"
  }

  /// Sets numbers to zero.
  func clear(_ to: String, _ count: Int, _ element: CElement = .float) -> String {
    "memset(\(to), 0, \(count) * sizeof(\(element.rawValue)));"
  }

  /// A statement for each number; the index is `i`.
  func forEach(_ count: Int, _ statement: String) -> String {
    "for (i = 0; i < \(count); i++) \(statement)"
  }

  /// Lines in braces, after a condition or the like.
  func block(_ head: String, _ lines: [String]) -> [String] {
    ["\(head) {"] + lines.map { "  \($0)" } + ["}"]
  }
}
