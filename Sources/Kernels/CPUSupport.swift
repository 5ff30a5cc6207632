// Which instructions the kernels were compiled for, and whether this CPU has them.

import CPUTarget

/// The CPU target of this build.
public enum CPUSupport {
  /// The instruction set that the kernels use: `avx512`, `avx2`, `neon` or `baseline`.
  public static let target = KERNEL_ISA

  /// The instruction set that the build needs and this CPU lacks, or nil if it can run the kernels.
  public static var missing: String? {
    guard let name = cpu_target_missing() else { return nil }
    return String(cString: name)
  }
}
