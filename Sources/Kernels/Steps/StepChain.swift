// A chain of layers for one row and one step at a time, made for the time between a number and its answer: no threads, no
// allocation, no dispatch but a switch for each layer, weights packed for the products of one row, and functions with short
// chains of dependent operations (StepTanh.swift). Results differ from those of whole sequences in the last digits, by about
// 1e-6.
//
// Matrices that are given as bytes are multiplied as integers (StepSums.swift) where what they multiply has a known bound:
// a state of an LSTM, a GRU or a SimpleRNN with tanh, or the rows of an embedding.

/// A chain of layers, and its states.
public final class StepChain {
  /// The width of the input.
  public let inputWidth: Int
  /// The width of the output.
  public let outputWidth: Int
  /// The largest size of a feature with which no sum can be infinite.
  public let largestInput: Float
  /// How many of the layers' matrices are multiplied as integers.
  public let integerMatrices: Int

  private let memory: StepMemory
  private let records: UnsafeMutablePointer<StepRecord>
  private let count: Int
  private let input: StepVector
  private let tokens: StepTokens?
  private var isOdd = false

  /// - Parameters:
  ///   - input: what is read at each step.
  ///   - layers: at least one; the first one reads the input's width, each other one what the one before writes.
  public init(_ input: StepInput, _ layers: [StepLayer]) {
    var builder = StepChainBuilder(input, layers)
    builder.build()
    memory = builder.memory
    count = builder.records.count
    records = UnsafeMutablePointer<StepRecord>.allocate(capacity: count)
    records.initialize(from: builder.records, count: count)
    (self.input, tokens) = (builder.input, builder.tokens)
    integerMatrices = builder.integerMatrices
    inputWidth = input.width
    outputWidth = builder.width
    largestInput = builder.largestInput
    resetState()
  }

  deinit { records.deallocate() }

  /// Runs a step with `inputWidth` numbers of `values`, from number `start` on.
  public func run(_ values: [Float], from start: Int = 0) {
    precondition(
      tokens == nil && start >= 0 && start + inputWidth <= values.count, "numbers outside the array")
    values.withUnsafeBufferPointer { source in
      for index in 0..<inputWidth { input.floats[index] = source[start + index] }
    }
    run()
  }

  /// Runs a step with a token.
  /// - Parameter isMasked: whether the recurrent layers keep their states instead.
  public func run(token: Int, isMasked: Bool = false) {
    guard let tokens else { preconditionFailure("a chain of features") }
    if isMasked { return keepStates() }
    tokens.load(token, into: input)
    run()
  }

  private func run() {
    for number in 0..<count { UnsafePointer(records + number).step(isOdd) }
    isOdd.toggle()
  }

  /// Number `index` of the output after the last step.
  public func output(_ index: Int) -> Float {
    precondition(0..<outputWidth ~= index, "a number outside the output")
    return current.floats[index]
  }

  /// The output after the last step.
  public var outputs: [Float] { Array(UnsafeBufferPointer(start: current.floats, count: outputWidth)) }

  /// The output; a state's place has changed since it was written.
  private var current: StepVector { records[count - 1].vectors(isOdd).before }

  /// Starts a new sequence.
  public func resetState() {
    for number in 0..<count {
      let record = records[number]
      guard record.isRecurrent else { continue }
      for state in [record.state.0, record.state.1] { state.clear(record) }
      if record.kind == .lstm { record.memory.update(repeating: 0, count: record.groups * 16) }
    }
  }

  /// Runs a step without the recurrent layers, whose outputs are their states.
  private func keepStates() {
    for number in 0..<count {
      let record = records[number]
      if record.isRecurrent {
        let (_, before, after) = record.vectors(isOdd)
        after.copy(before, count: record.groups * 16)
      } else {
        UnsafePointer(records + number).step(isOdd)
      }
    }
    isOdd.toggle()
  }
}

extension StepRecord {
  fileprivate var isRecurrent: Bool { kind != .dense && kind != .narrowDense }
}

extension StepVector {
  /// The state at the beginning of a sequence.
  fileprivate func clear(_ record: StepRecord) {
    for group in 0..<record.groups { store(Lanes(repeating: 0), at: group * 16, levels: record.levels) }
  }

  fileprivate func copy(_ other: StepVector, count: Int) {
    floats.update(from: other.floats, count: count)
    upper.update(from: other.upper, count: count)
    lower.update(from: other.lower, count: count)
  }
}

/// The rows that tokens stand for.
struct StepTokens {
  let rows: UnsafePointer<Float>
  let count: Int
  let stride: Int
  /// Levels of 1 that the first layer reads; 0 for floats.
  var levels: Float

  /// Writes a token's row.
  func load(_ token: Int, into vector: StepVector) {
    precondition(0..<count ~= token, "a token outside the vocabulary")
    for column in Swift.stride(from: 0, to: stride, by: 16) {
      vector.store((rows + token * stride + column).lanes, at: column, levels: levels)
    }
  }
}
