// Names in C: the prefix of a header's identifiers, which is made of the file's name, and names that are used once.

/// A name that C, C++ and the linker accept as the beginning of identifiers.
public struct CPrefix: Sendable, Equatable {
  /// The prefix of functions, types and constants.
  public let name: String

  /// The prefix for a file: letters, digits and `_` of its name without the ending, at most 40; `model` if none is left.
  public init(path: String?) {
    let file = path.map { String($0.split(separator: "/").last ?? "") } ?? ""
    let base = file.lowercased().hasSuffix(".h") ? String(file.dropLast(2)) : file
    self.init(base)
  }

  private init(_ text: String) {
    // Two `_` in sequence are reserved in C++, and one at the beginning in C.
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let joined = words.joined(separator: "_").prefix(40)
    let trimmed = joined.hasSuffix("_") ? joined.dropLast() : joined
    let isNumber = trimmed.first?.isNumber ?? false
    name = trimmed.isEmpty ? "model" : isNumber ? "rnn_\(trimmed)" : String(trimmed)
  }

  /// The prefix of macros.
  public var macro: String { name.uppercased() }
}

/// Names that are used once in a header: of parameters, variables and members.
final class CNames {
  private var used = reserved

  /// A name like this one that isn't used yet.
  func unique(_ name: String) -> String {
    let wanted = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
    let base = wanted.isEmpty || wanted.first?.isNumber ?? true ? "v\(wanted)" : wanted
    var (result, number) = (base, 1)
    while !used.insert(result).inserted {
      number += 1
      result = "\(base)_\(number)"
    }
    return result
  }

  /// Words of C and C++, functions of their libraries, and the variables of every function of a header.
  private static let reserved: Set<String> = [
    "s", "t", "i", "j", "k", "n", "row", "step", "sums", "forget", "reset", "size_t", "memcpy", "memset",
    "work",
    "expf", "tanhf", "expm1f", "log1pf", "fabsf", "fmaxf", "erfcf", "sqrtf",
    "alignas", "alignof", "and", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
    "class", "compl", "complex", "concept", "const", "consteval", "constexpr", "constinit", "continue",
    "decltype", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false",
    "final", "float", "for", "friend", "goto", "if", "imaginary", "import", "inline", "int", "linux", "long",
    "module", "mutable", "namespace", "new", "noexcept", "not", "nullptr", "operator", "or", "override",
    "private", "protected", "public", "register", "requires", "restrict", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typeid",
    "typename", "typeof", "union", "unix", "unsigned", "using", "virtual", "void", "volatile", "while", "xor",
  ]
}
