// What a value in an ONNX graph is, as far as the reader knows: numbers, sizes, or a value of the network whose axes have a
// meaning. Transposing, squeezing and reshaping only regroup axes; a layer is made when an operator computes something.

import ONNX

/// An axis of the network's values that has a meaning.
struct ONNXAtom: Equatable {
  /// What the axis counts.
  enum Kind {
    case batch, steps, directions, features
  }

  let kind: Kind
  /// How many there are; nil for any number of rows.
  let extent: Int?

  static func steps(_ count: Int) -> ONNXAtom { ONNXAtom(kind: .steps, extent: count) }
  static func features(_ count: Int) -> ONNXAtom { ONNXAtom(kind: .features, extent: count) }
}

/// The extent of an axis: a number, or a multiple of the number of rows.
struct ONNXSize: Equatable {
  let number: Int
  /// Whether it is to be multiplied by the number of rows.
  var isPerRow = false

  /// The product; nil if it overflows, or has the number of rows twice.
  static func product(_ a: ONNXSize, _ b: ONNXSize) -> ONNXSize? {
    let (number, isTooLarge) = a.number.multipliedReportingOverflow(by: b.number)
    guard !isTooLarge, !(a.isPerRow && b.isPerRow) else { return nil }
    return ONNXSize(number: number, isPerRow: a.isPerRow || b.isPerRow)
  }
}

extension ONNXAtom {
  var size: ONNXSize { ONNXSize(number: extent ?? 1, isPerRow: extent == nil) }
}

/// Where a value comes from, before layers are final.
enum ONNXSource: Hashable {
  /// An input of the network.
  case input(Int)
  /// What a draft computes.
  case output(Int)
  /// A recurrent draft's state after the last step, by number.
  case final(Int, state: Int)
}

/// A value of the network, or one of two directions.
struct ONNXPart: Hashable {
  let source: ONNXSource
  /// Whether its steps are those of the source from the last to the first.
  var isReversed = false
}

/// A value of the network and its axes.
struct ONNXFlow: Equatable {
  /// One, or one for each direction.
  var parts: [ONNXPart]
  /// For each axis in ONNX what it counts; several one after another, or none if its extent is 1.
  var axes: [[ONNXAtom]]

  /// The extents; nil if one is too large.
  var sizes: [ONNXSize]? {
    var result: [ONNXSize] = []
    for axis in axes {
      var size: ONNXSize? = ONNXSize(number: 1)
      for atom in axis { size = size.flatMap { ONNXSize.product($0, atom.size) } }
      guard let size else { return nil }
      result.append(size)
    }
    return result
  }

  /// The number of features; nil if the last axis counts something else.
  var width: Int? {
    guard let last = axes.last, last.count == 1, last[0].kind == .features else { return nil }
    return last[0].extent
  }

  /// The number of steps; nil if there is no such axis.
  var steps: Int? { axes.joined().first { $0.kind == .steps }?.extent }

  /// The axis that counts only this; nil if there is none.
  func axis(_ kind: ONNXAtom.Kind) -> Int? { axes.firstIndex { $0.count == 1 && $0[0].kind == kind } }
}

extension ONNXFlow {
  /// The axes for another shape of the same numbers; nil if an axis would be divided.
  func regrouped(_ sizes: [ONNXSize]) -> [[ONNXAtom]]? {
    var atoms = axes.flatMap { $0 }[...]
    var result: [[ONNXAtom]] = []
    for (number, size) in sizes.enumerated() {
      var (group, product): ([ONNXAtom], ONNXSize) = ([], ONNXSize(number: 1))
      // An axis of extent 1 keeps one that counts something, as long as enough are left for the others.
      if size == product, let first = atoms.first, first.extent == 1, atoms.count >= sizes.count - number {
        group.append(atoms.removeFirst())
      }
      while product != size {
        guard let next = atoms.first, let more = ONNXSize.product(product, next.size),
          more.number <= size.number,
          !more.isPerRow || size.isPerRow
        else { return nil }
        product = more
        group.append(atoms.removeFirst())
      }
      result.append(group)
    }
    guard atoms.allSatisfy({ $0.extent == 1 }) else { return nil }
    guard !atoms.isEmpty else { return result }
    guard !result.isEmpty else { return nil }
    result[result.count - 1] += atoms
    return result
  }
}

/// What is known about a value.
enum ONNXMeaning {
  /// Numbers of the model.
  case constant(ONNXTensor)
  /// Sizes, of which some depend on the number of rows.
  case sizes([ONNXSize], isScalar: Bool)
  /// One number everywhere.
  case filled(Float, [ONNXSize])
  /// A value of the network.
  case flow(ONNXFlow)
  /// A step on the way to a layer normalization or a gelu.
  case partial(ONNXPartial)
}

/// A value that is only known as a step on the way to a layer.
struct ONNXPartial {
  /// What it is, of x.
  enum Step: Equatable {
    /// The mean of the features.
    case mean
    /// x - mean x.
    case centered
    /// (x - mean x)^2.
    case squares
    /// The variance.
    case variance
    /// The variance, and epsilon.
    case shifted(Float)
    /// The root of it.
    case deviation(Float)
    /// 1 / deviation, times factors.
    case inverse(Float, [Float])
    /// x times factors / deviation.
    case scaled(Float, [Float])
    /// mean x times factors / deviation.
    case scaledMean(Float, [Float])
    /// - mean x.
    case negativeMean
    /// Summands less mean x times factors / deviation.
    case rest(Float, [Float], [Float])
    /// Token ids and a number, which Keras adds to negative ones.
    case shiftedIDs
    /// What a loop counts.
    case counter
    /// x / sqrt 2.
    case rootHalf
    /// erf (x / sqrt 2).
    case erf
    /// 1 + erf (x / sqrt 2), times a number.
    case distribution(Float)
    /// x (1 + erf (x / sqrt 2)), times a number.
    case weighted(Float)
  }

  let step: Step
  /// x.
  let flow: ONNXFlow
}
