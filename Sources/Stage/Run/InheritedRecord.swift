// What runs take over from the program that started them, through environment variables: tags, and the parameters of a
// sweep's trial. So all stages of a script are recorded as belonging together, without an option for each.

import Failures
import Glibc
import OperatingSystem

/// The tags and parameters that the environment gives to every run.
package enum InheritedRecord {
  /// The variable with tags: `key=value`, several separated by commas.
  package static let tagVariable = "RNN_TAGS"
  /// What the variables begin with that hold the parameters of a trial; the name of the parameter follows.
  package static let parameterPrefix = "RNN_SWEEP_"

  /// The tags of `RNN_TAGS`; of those with the same key, the last one counts.
  /// - Throws: `Failure` (usage) for one that has no `=` or no key.
  package static func tags(in text: String? = environment(tagVariable)) throws(Failure) -> [Tag] {
    var tags: [Tag] = []
    for word in text?.split(separator: ",") ?? [] {
      guard let tag = Tag(argument: String(word)) else {
        throw .usage("'\(word)' is no tag", at: "$" + tagVariable, remedy: "write key=value,key=value")
      }
      tags.append(tag)
    }
    return tags
  }

  /// Whether the run belongs to a trial of a sweep.
  static var isTrial: Bool { !parameters.isEmpty }

  /// The parameters of a trial, by name.
  static var parameters: [(name: String, value: String)] {
    variables.compactMap { variable in
      guard variable.hasPrefix(parameterPrefix), let sign = variable.firstIndex(of: "=") else { return nil }
      let name = variable[..<sign].dropFirst(parameterPrefix.count)
      return name.isEmpty ? nil : (String(name), String(variable[variable.index(after: sign)...]))
    }
  }

  private static var variables: [String] {
    var (next, all): (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, [String]) = (environ, [])
    while let text = next.pointee {
      all.append(String(cString: text))
      next += 1
    }
    return all
  }
}
