// Elementwise merging layers in C. A vector is read at every step, one number at every place; masked steps of a product
// count as 1, and those of a maximum or a minimum don't take part (keras/src/layers/merging/base_merge.py).

extension ElementwiseMerge {
  /// Computes the output number by number.
  /// - Parameter body: lines that write to the first name, from the values' expressions and those of their masks.
  fileprivate func merged(
    _ call: CCall, masked: Bool = false, _ body: (String, [String], [String?]) -> [String]
  ) throws -> CValue {
    let width = try outputs(call.inputs.map(\.shape))[0].width
    let values = call.inputs.map(\.value)
    let masks = call.inputs.map { masked ? $0.mask : nil }
    return call.each(width, values + masks.compactMap { $0 }, work: width, isCheap: true) { y, names in
      var others = names.dropFirst(values.count)
      let conditions = masks.map { mask in mask == nil ? nil : others.popFirst().map { "\($0)[0]" } }
      let terms = zip(names, call.inputs).map { name, input in
        input.shape.width == 1 && width > 1 ? "\(name)[0]" : "\(name)[i]"
      }
      return body(y, terms, conditions)
    }
  }

  /// The values joined by an operator.
  fileprivate func joined(_ call: CCall, by sign: String, factor: String = "") throws -> CValue {
    let width = try outputs(call.inputs.map(\.shape))[0].width
    return try merged(call) { y, terms, _ in
      let sum = terms.joined(separator: " \(sign) ")
      return [call.forEach(width, "\(y)[i] = \(factor.isEmpty ? sum : "(\(sum))\(factor)");")]
    }
  }

  /// The largest or the smallest of the values that count.
  fileprivate func extreme(_ call: CCall, _ sign: String) throws -> CValue {
    let width = try outputs(call.inputs.map(\.shape))[0].width
    return try merged(call, masked: true) { y, terms, masks in
      let before = masks.indices.map { number in
        masks[..<number].contains(nil) ? nil : masks[..<number].compactMap { $0 }.joined(separator: " || ")
      }
      let lines = terms.indices.dropFirst().map { number in
        let (term, own) = (terms[number], masks[number])
        // A value takes part if it counts; it replaces one that doesn't.
        let isMore = "\(term) \(sign) \(y)[i]"
        let replaces = before[number].map { "!(\($0)) || \(isMore)" } ?? isMore
        let condition = own.map { before[number] == nil ? "\($0) && \(isMore)" : "\($0) && (\(replaces))" }
        return "if (\(condition ?? replaces)) \(y)[i] = \(term);"
      }
      return call.block("for (i = 0; i < \(width); i++)", ["\(y)[i] = \(terms[0]);"] + lines)
    }
  }
}

extension Add {
  func writeC(_ call: CCall) throws -> [CValue] { [try joined(call, by: "+")] }
}

extension Subtract {
  func writeC(_ call: CCall) throws -> [CValue] { [try joined(call, by: "-")] }
}

extension Average {
  func writeC(_ call: CCall) throws -> [CValue] {
    [try joined(call, by: "+", factor: " * \(1 / Float(call.inputs.count))f")]
  }
}

extension Multiply {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = try outputs(call.inputs.map(\.shape))[0].width
    let isMasked = call.inputs.allSatisfy { $0.mask != nil }
    return [
      try merged(call, masked: true) { y, terms, masks in
        let factors = zip(terms, masks).map { term, mask in mask.map { "(\($0) ? \(term) : 1.0f)" } ?? term }
        let product = factors.joined(separator: " * ")
        let any = masks.compactMap { $0 }.joined(separator: " || ")
        return [call.forEach(width, "\(y)[i] = \(isMasked ? "\(any) ? \(product) : 0.0f" : product);")]
      }
    ]
  }
}

extension Maximum {
  func writeC(_ call: CCall) throws -> [CValue] { [try extreme(call, ">")] }
}

extension Minimum {
  func writeC(_ call: CCall) throws -> [CValue] { [try extreme(call, "<")] }
}

extension Concatenate {
  func writeC(_ call: CCall) throws -> [CValue] {
    let shape = try outputs(call.inputs.map(\.shape))[0]
    guard joinsSteps(call.input.shape.steps != nil) else {
      return [
        call.each(shape.width, call.inputs.map(\.value), isCheap: true) { y, values in
          var start = 0
          return zip(values, call.inputs).map { value, input in
            defer { start += input.shape.width }
            return call.call(copying: input.shape.width, value, start == 0 ? y : "\(y) + \(start)")
          }
        }
      ]
    }
    return [joinedSteps(call, call.inputs.map(\.value), shape.width, .float, as: "")]
  }

  /// The masks one after another, or the steps that count in any of the values.
  func maskInC(_ call: CCall) throws -> CValue? {
    let masks = call.inputs.map(\.mask)
    guard masks.contains(where: { $0 != nil }) else { return nil }
    guard joinsSteps(call.input.shape.steps != nil) else {
      // A value without a mask counts everywhere, and so do all together.
      return call.either(masks)
    }
    return joinedSteps(call, masks, 1, .flag, as: "_mask")
  }

  var needsStepsInC: Bool { joinsSteps(true) }

  /// Sequences one after another; one that is nil consists of ones.
  private func joinedSteps(
    _ call: CCall, _ values: [CValue?], _ width: Int, _ element: CElement, as suffix: String
  ) -> CValue {
    let steps = call.inputs.map { $0.shape.steps ?? 0 }
    let axis = CAxis.fixed(steps.reduce(0, +))
    let views = values.map { $0.map { call.view(call.whole($0), width: width, axis: axis, stride: 0) } }
    return call.each(width, views.compactMap { $0 }, element, as: suffix) { y, names in
      var (start, others) = (0, names[...])
      var lines: [String] = []
      for (number, view) in views.enumerated() {
        let end = start + steps[number]
        let name = view == nil ? nil : others.popFirst()
        let place = start == 0 ? "t" : "(t - \(start))"
        let copy = name.map { call.call(copying: width, "\($0) + \(place) * \(width)", y, element) }
        let isLast = number == views.count - 1
        lines.append(
          "\(number == 0 ? "" : "else ")\(isLast ? "" : "if (t < \(end)) ")\(copy ?? "\(y)[0] = 1;")")
        start = end
      }
      return lines
    }
  }
}
