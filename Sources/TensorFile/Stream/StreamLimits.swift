// The limits of a reader: memory is allocated for received rather than declared data, up to these limits.

/// The limits of a reader.
public struct StreamLimits: Sendable, Equatable {
  /// The maximum size of a safetensors header, in bytes.
  public var header: Int
  /// The maximum size of a document, in bytes.
  public var chunk: Int
  /// Whether tensors may be other than columns with the same number of rows; then all of them are side tensors. This
  /// is for models, and for weights from other programs.
  public var takesNonRowTensors: Bool

  /// Limits in bytes.
  public init(header: Int = 1 << 24, chunk: Int, takesNonRowTensors: Bool = false) {
    self.header = header
    self.chunk = chunk
    self.takesNonRowTensors = takesNonRowTensors
  }

  /// Rows: header 16 MiB, chunk 256 MiB. For a stream whose kind is `model`, the limits of `model` apply.
  public static let stream = StreamLimits(chunk: 256 << 20)
  /// Models, and weights from any program: header 16 MiB, document 1 GiB.
  public static let model = StreamLimits(chunk: 1 << 30, takesNonRowTensors: true)

  /// The base-2 logarithm of the largest zstd window: 8 MiB.
  static let windowLog: Int32 = 23
}
