// Writing a model in other programs' formats, and what these can't store.

import Failures
import Interchange
import Networks
import TensorFile

extension FileFormat {
  /// The format of a model file by its extension; a stream if the extension doesn't imply a format.
  /// - Throws: `Failure` (usage) if the extension is that of a format that can't hold a model.
  public init(ofModel path: String?, ending: String?) throws {
    let name = path.map { String($0.split(separator: "/").last ?? "") } ?? ""
    switch ending {
    case nil, "zst": self = .stream
    case "keras": self = .keras
    case "safetensors": self = .safetensors
    case "npz": self = .npz
    case "onnx": self = .onnx
    case "h": self = .c
    case "h5" where name.lowercased().hasSuffix(".weights.h5"): self = .h5
    case "h5", "hdf5":
      throw Failure.usage(
        "whole models aren't written as .h5, Keras's older format", at: path,
        remedy: "name it .keras, or .weights.h5 for the weights alone")
    case let ending?:
      throw Failure.usage(
        "a model can't be written as .\(ending)", at: path,
        remedy: "the names end in .tensors.zst, .keras, .weights.h5, .onnx, .h, .safetensors or .npz")
    }
  }
}

extension FileFormat {
  /// Throws `Failure` (data) if the format is Keras's, ONNX's or C, and it has nothing like one of the layers.
  public func check(_ architecture: Architecture, at path: String? = nil) throws {
    do {
      if self == .onnx { try architecture.checkONNX() }
      if self == .c { try architecture.checkC() }
    } catch let failure as Failure {
      throw path.map { failure.placed(at: $0) } ?? failure
    }
    guard [.keras, .h5, .json].contains(self),
      let obstacle = architecture.layers.lazy.compactMap(\.kerasObstacle).first
    else { return }
    throw Failure.data(
      "Keras has no \(obstacle)", at: path,
      remedy: "write the model as .tensors.zst, or its weights as .safetensors or .npz")
  }
}

/// How a model is written in another program's format.
public struct ModelWriting {
  /// The version of rnnpipe, which ONNX models and C headers name.
  public var version: String
  /// The batch size in Keras's file; nil to use the model's own, or if it isn't needed.
  public var batchSize: Int?
  /// A PyTorch state dict with other names than the layers'.
  public var state: SafetensorsDocument?
  /// The name of the file, of which a C header's identifiers are made; nil for `model`.
  public var path: String?
  /// The id of the run that writes the model, which a C header names.
  public var run: String?
  /// The operator set of an ONNX model, one of `ONNXOptions.opsets`; nil for the usual one.
  public var opset: Int?

  /// - Parameters:
  ///   - version: the version of rnnpipe.
  ///   - path: the name of the file; nil or `-` for standard output.
  ///   - run: the id of the run that writes the model.
  public init(version: String, path: String? = nil, run: String? = nil) {
    (self.version, self.path, self.run) = (version, path, run)
  }
}

/// Writes a model as Keras's `.keras`, weights or JSON, as a PyTorch state dict, as ONNX, or as a C header.
/// - Throws: `Failure` if the format can't hold the model.
public func write(
  _ model: ModelFile, as format: FileFormat, _ settings: ModelWriting,
  to sink: @escaping ([UInt8]) throws -> Void
) throws {
  try format.check(model.architecture)
  var configuration: String {
    model.architecture.kerasConfig(rows: settings.batchSize ?? model.batchSize).text
  }
  switch format {
  case .npz: try writeNpz(NonRowTensors(model.header), to: sink)
  case .safetensors: try writeSafetensors(NonRowTensors(model.header), to: sink)
  case .h5: try sink(kerasWeights(model))
  case .pytorch: try sink((settings.state ?? torchState(model)).encoded)
  case .onnx: try sink(model.onnx(settings))
  case .c: try sink(model.cHeader(settings))
  case .keras: try KerasArchive.write(configuration: configuration, weights: kerasWeights(model), to: sink)
  case .json: try sink(Array(configuration.utf8) + [UInt8(ascii: "\n")])
  default: throw Failure.usage("a model can't be written as \(format.rawValue)", at: "--to")
  }
}

extension ModelFile {
  /// The network and its weights as an ONNX model, with what is known about the training and its data as texts.
  fileprivate func onnx(_ settings: ModelWriting) throws -> [UInt8] {
    var options = ONNXOptions(metadata: header.onnxMetadata, version: settings.version)
    if let opset = settings.opset { options.opset = opset }
    return try architecture.onnx(weights: weights, options)
  }

  /// What a format doesn't store of this model, in words. ONNX models have it all, C headers say everything but the
  /// vocabulary in words, other programs' formats have none.
  public func lostFacts(in format: FileFormat) -> [String] {
    let kinds = [
      ("rnn.vocabulary", "the vocabulary"), ("rnn.padding", "padding"), ("rnn.window", "windows"),
      ("rnn.scale", "scaling"), ("rnn.classes", "class names"), ("rnn.relative", "relative values"),
    ]
    if format == .onnx { return [] }
    let names = Array(header.metadata.keys) + Array(header.side.keys)
    return (format == .c ? Array(kinds.prefix(1)) : kinds).filter { kind in
      names.contains { $0 == kind.0 || $0.hasPrefix(kind.0 + ".") }
    }.map(\.1)
  }
}
