// Keras's .keras file: a zip archive of the model's configuration, its weights, and metadata on who wrote it.

import Archives
import Failures
import HDF5
import Interchange
import JSON
import Networks
import OperatingSystem
import TensorFile

/// A `.keras` file.
public struct KerasArchive {
  /// The model's configuration, Keras's JSON.
  public let configuration: JSONValue
  /// The weights, a `.weights.h5` file.
  public let weights: [UInt8]

  private static let configurationName = "config.json"
  private static let weightsName = "model.weights.h5"
  private static let metadataName = "metadata.json"
  /// The longest configuration that is read, in bytes.
  private static let longestConfiguration = 1 << 24
  /// The largest weights that are read, in bytes; also the limit for models.
  private static let largestWeights = 1 << 30

  /// Reads a file.
  /// - Throws: `Failure` (data) if it is damaged or isn't a Keras 3 file.
  public init(_ spool: TemporaryFile, named name: String) throws {
    let archive = try ZipArchive(spool, named: name)
    guard archive.members.contains(Self.configurationName), archive.members.contains(Self.weightsName) else {
      throw Failure.data(
        "the zip archive is not a .keras file: it has no \(Self.configurationName) or \(Self.weightsName)",
        at: name, remedy: "write it with model.save('NAME.keras')")
    }
    let text = try archive.bytes(of: Self.configurationName, limit: Self.longestConfiguration)
    configuration = try JSONValue(parsing: text)
    weights = try archive.bytes(
      of: Self.weightsName, limit: archive.expansionLimit(most: Self.largestWeights))
  }

  /// A file that Keras can load.
  /// - Parameters:
  ///   - configuration: Keras's JSON of the model.
  ///   - weights: a `.weights.h5` file.
  public static func write(
    configuration: String, weights: [UInt8], to sink: @escaping ([UInt8]) throws -> Void
  ) throws {
    let metadata = JSONValue.object(["keras_version": .string(kerasVersion)]).text
    let zip = try ZipWriter(sink)
    for (name, bytes) in [
      (metadataName, Array(metadata.utf8)), (configurationName, Array(configuration.utf8)),
      (weightsName, weights),
    ] {
      try zip.begin(name, size: bytes.count)
      try zip.write(bytes)
    }
    try zip.finish()
  }

  /// The version of Keras whose files these are.
  public static let kerasVersion = "3.15.1"
}
