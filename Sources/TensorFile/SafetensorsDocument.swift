import Failures
import Tensor

/// One safetensors document: named tensors and text metadata.
public struct SafetensorsDocument: Sendable, Equatable {
  public var metadata: [String: String]
  public var tensors: [String: Tensor]
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }
  public init(parsing bytes: [UInt8], limits: StreamLimits = .model) throws(Failure) {
    throw Failure(.software, "reading is not there yet")
  }
  public var encoded: [UInt8] { [] }
}
