// A network for the time between a number and its answer: the model's layers as a chain of steps (Kernels/StepChain.swift).

import Kernels

/// A network that processes a single row one step at a time, without threads or allocations. Its outputs differ from those
/// of other networks in the last digits, by about 1e-6; matrices that the model stores as bytes are multiplied as integers
/// where what they multiply is bounded, and recurrent states then have 16 bits in these products.
public final class LowLatencyNetwork {
  private let chain: StepChain
  private let masksZero: Bool
  /// Whether it reads token ids.
  public let readsTokens: Bool
  /// The width of a step's numbers.
  public var inputWidth: Int { chain.inputWidth }
  /// How many matrices are multiplied as integers.
  public var integerMatrices: Int { chain.integerMatrices }
  /// The largest size of a feature with which all sums are finite.
  public var largestInput: Float { chain.largestInput }

  init(_ chain: StepChain, _ plan: StepPlan) {
    self.chain = chain
    masksZero = plan.masksZero
    if case .tokens = plan.input { readsTokens = true } else { readsTokens = false }
  }

  /// Runs a step with `inputWidth` numbers of `values`, from number `start` on.
  public func run(_ values: [Float], from start: Int) { chain.run(values, from: start) }

  /// Runs a step with a token id.
  public func run(token: Int) { chain.run(token: token, isMasked: masksZero && token == 0) }

  /// The output after the last step.
  public var output: [Float] { chain.outputs }

  /// Number `index` of the output after the last step.
  public func output(_ index: Int) -> Float { chain.output(index) }

  /// Starts a new sequence.
  public func resetState() { chain.resetState() }
}
