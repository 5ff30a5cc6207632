// Models that predict the next token of a text: what they need, and the logarithms of the probabilities of tokens.

import Failures
import Glibc
import Sequences
import Training

/// The distribution of tokens in a model's output.
struct TokenDistribution: Sendable {
  /// The number of values of an output.
  let width: Int
  private let isLogits: Bool

  /// Nil if the output of `model` is not a distribution of the tokens of its vocabulary.
  init?(_ model: LoadedModel) throws {
    let architecture = model.file.architecture
    guard let vocabulary = model.vocabulary, model.classes == nil, architecture.outputs.count == 1,
      architecture.outputs[0].width >= vocabulary.size, try model.objective().terms[0].loss.usesClassIDs
    else { return nil }
    width = architecture.outputs[0].width
    isLogits = model.outputsLogits
  }

  /// The logarithms of the probabilities in `output`.
  func logarithms(_ output: ArraySlice<Float>) -> [Double] {
    guard isLogits else { return output.map { log(Double($0)) } }
    let values = output.map(Double.init)
    let largest = values.max() ?? 0
    let total = log(values.reduce(0) { $0 + exp($1 - largest) }) + largest
    return values.map { $0 - total }
  }

  /// The logarithm of the probability of the token `id` in `output`. A probability too small for single precision counts
  /// as the smallest one that is not.
  func logarithm(of id: Int, in output: ArraySlice<Float>) -> Double {
    guard isLogits else { return log(Double(max(output[output.startIndex + id], .leastNormalMagnitude))) }
    return logarithms(output)[id]
  }
}

extension LoadedModel {
  /// Whether the model predicts the tokens of the text that it reads.
  public var isLanguageModel: Bool { get throws { try TokenDistribution(self) != nil } }
}
