// The host and the user of a run.

import Glibc

/// The machine's host name.
public func hostName() -> String {
  var name = utsname()
  guard uname(&name) == 0 else { return "unknown" }
  return withUnsafeBytes(of: name.nodename) { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// The name of the process's effective user, or the user id if the name can't be found.
public func userName() -> String {
  let user = geteuid()
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 4096)
  guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
  else { return String(user) }
  return String(cString: name)
}
