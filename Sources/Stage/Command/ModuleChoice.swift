// The option --module of commands that read the weights of a PyTorch state dict.

import ArgumentParser

/// `LAYER=MODULE` on the command line: the module of a state dict that a layer gets its weights from.
public struct ModuleChoice: ExpressibleByArgument, Sendable {
  /// The layer's name.
  public let layer: String
  /// The module's name; may be empty.
  public let module: String

  /// Nil where there is no layer before an equals sign.
  public init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    (layer, module) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }
}

extension [ModuleChoice] {
  /// The modules by the layers' names; of two for one layer, the last.
  public var byLayer: [String: String] { Dictionary(map { ($0.layer, $0.module) }) { $1 } }
}
