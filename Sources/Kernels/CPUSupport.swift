// Which instructions the kernels were compiled for. A CPU that lacks them is refused before `main` (CPUTarget).

import CPUTarget

/// The CPU target of this build.
public enum CPUSupport {
  /// The instruction set that the kernels use: `avx512`, `avx2`, `neon` or `baseline`.
  public static let target = KERNEL_ISA
}
