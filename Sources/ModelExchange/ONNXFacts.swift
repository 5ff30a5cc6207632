// What a model file says about its data, as metadata of an ONNX model, which are texts: those of the model file, and its
// arrays, such as a vocabulary and scaling, as one safetensors document in Base64.

import Failures
import Foundation
import Networks
import TensorFile

extension StreamHeader {
  /// The key of the arrays.
  private static let arrays = "rnn.arrays"

  /// The header's texts and arrays that aren't weights, as texts.
  var onnxMetadata: [String: String] {
    // The best epoch's weights aren't written beside the model's own, nor are their facts.
    let best = ModelFile.bestPrefix
    var texts = metadata.filter { $0.key.hasPrefix("rnn.") && !"\($0.key).".hasPrefix(best) }
    let own = side.filter { $0.key.hasPrefix("rnn.") && !$0.key.hasPrefix(best) }
    if !own.isEmpty {
      texts[Self.arrays] = Data(SafetensorsDocument(tensors: own).encoded).base64EncodedString()
    }
    return texts
  }

  /// The header of an ONNX model's metadata.
  /// - Throws: `Failure` (data) if the arrays are damaged.
  init(onnxMetadata texts: [String: String]) throws {
    self.init(kind: "", metadata: texts.filter { $0.key.hasPrefix("rnn.") && $0.key != Self.arrays })
    guard let text = texts[Self.arrays] else { return }
    guard let bytes = Data(base64Encoded: text) else {
      throw Failure.data("the ONNX model's metadata \(Self.arrays) are damaged: they aren't Base64")
    }
    side = try SafetensorsDocument(parsing: Array(bytes)).tensors.filter { $0.key.hasPrefix("rnn.") }
  }
}
