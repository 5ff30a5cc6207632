// The launcher of packages (setup/launcher.c) runs the best build that the CPU can run, or the one that is asked for.

import CommandRunning
import Testing

#if arch(x86_64)
  private let isX86 = true
#else
  private let isX86 = false
#endif

@Suite(.enabled(if: CommandRunner.has("cc") && isX86, "needs cc, on x86-64"))
struct LauncherTests {
  /// Compiles the launcher into bin, beside builds that print their level and arguments, and runs `line`.
  private func run(_ line: String) throws -> CommandResult {
    try CommandRunner().run(
      #"""
      mkdir bin
      cc -std=c11 -o bin/rnnpipe '\#(CommandRunner.repository.path)/setup/launcher.c' || exit 99
      ln -s rnnpipe bin/rnn-train
      echo '#include <stdio.h>
      int main(int n, char **a) { printf(LEVEL); while (n-- > 0) printf(" %s", *a++); puts(""); }' > build.c
      for level in x86-64-v2 x86-64-v3 x86-64-v4; do
        mkdir -p lib/rnnpipe/$level
        cc -DLEVEL="\"$level\"" -o lib/rnnpipe/$level/rnnpipe build.c || exit 99
      done
      PATH=$PWD/bin:$PATH
      \#(line)
      """#, timeout: 60)
  }

  /// The launcher on another CPU; what it starts runs on this one.
  private func onCPU(_ model: String, _ variables: String = "") -> String {
    "\(variables) qemu-x86_64 -cpu \(model) -0 rnn-train bin/rnn-train a"
  }

  @Test func theBestLevelOfTheCPURunsUnderTheSameName() throws {
    let result = try run(
      #"""
      has() { for flag; do grep -qw "$flag" /proc/cpuinfo || return 1; done; }
      best=x86-64-v2
      if has avx2 bmi1 bmi2 f16c fma abm movbe; then best=x86-64-v3; fi
      if has avx2 bmi1 bmi2 fma avx512f avx512bw avx512cd avx512dq avx512vl; then best=x86-64-v4; fi
      rnn-train a 'b c' | sed "s/^$best /best /"
      ln -s bin/rnn-train here; RNN_CPU_LEVEL= ./here | sed "s/^$best /best /"
      """#)
    #expect(result.stdout == "best rnn-train a b c\nbest ./here\n" && result.stderr.isEmpty, "\(result)")
  }

  @Test func anotherLevelCanBeAskedFor() throws {
    let result = try run("RNN_CPU_LEVEL=x86-64-v2 rnn-train; RNN_CPU_LEVEL=x86-64-v5 rnn-train")
    #expect(result.stdout == "x86-64-v2 rnn-train\n" && result.exit == 64, "\(result)")
    #expect(
      result.stderr
        == "rnn-train: RNN_CPU_LEVEL: there is no such level (x86-64-v2, x86-64-v3 or x86-64-v4)\n")
  }

  @Test func aMissingBuildIsNamed() throws {
    let result = try run("rm -r lib/rnnpipe/x86-64-v2; RNN_CPU_LEVEL=x86-64-v2 rnn-train")
    #expect(result.exit == 69, "\(result)")
    #expect(result.stderr.hasSuffix("/x86-64-v2/rnnpipe: No such file or directory (reinstall rnnpipe)\n"))
  }

  @Test(.enabled(if: CommandRunner.has("qemu-x86_64"), "needs qemu-x86_64"))
  func eachCPUGetsItsLevelOrALine() throws {
    let result = try run(
      [
        onCPU("Nehalem"), onCPU("Haswell"), onCPU("Haswell", "RNN_CPU_LEVEL=x86-64-v2"),
        onCPU("Nehalem", "RNN_CPU_LEVEL=x86-64-v3"), onCPU("core2duo"),
      ].joined(separator: "\n"))
    #expect(
      result.stdout == "x86-64-v2 rnn-train a\nx86-64-v3 rnn-train a\nx86-64-v2 rnn-train a\n", "\(result)")
    #expect(result.exit == 69)
    // The emulator warns of features of the model that it lacks.
    let lines = result.stderr.split(separator: "\n").filter { $0.hasPrefix("rnn-train: ") }
    #expect(
      lines == [
        "rnn-train: RNN_CPU_LEVEL=x86-64-v3: this CPU lacks instructions of this level (its best level is x86-64-v2)",
        "rnn-train: this CPU lacks instructions of x86-64-v2 (SSE4.2, POPCNT, ...), which rnnpipe needs "
          + "(build it on this machine: make build)",
      ])
  }
}
