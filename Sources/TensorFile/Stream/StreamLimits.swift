// How much a reader accepts: memory follows what was received, never what is declared, up to these limits.

/// The caps of a reader.
public struct StreamLimits: Sendable, Equatable {
  /// The longest safetensors header, in bytes.
  public var header: Int
  /// The largest document, in bytes.
  public var chunk: Int
  /// Whether tensors need not be columns of equal row count: all of them are side tensors then. This is for models,
  /// and for weights from other programs.
  public var takesNonRowTensors: Bool

  /// Caps in bytes.
  public init(header: Int = 1 << 24, chunk: Int, takesNonRowTensors: Bool = false) {
    self.header = header
    self.chunk = chunk
    self.takesNonRowTensors = takesNonRowTensors
  }

  /// Rows: header 16 MiB, chunk 256 MiB. A stream that declares itself a model gets the caps of `model`.
  public static let stream = StreamLimits(chunk: 256 << 20)
  /// Models, and weights of any origin: header 16 MiB, document 1 GiB.
  public static let model = StreamLimits(chunk: 1 << 30, takesNonRowTensors: true)

  /// The base-2 logarithm of the largest zstd window: 8 MiB.
  static let windowLog: Int32 = 23
}
