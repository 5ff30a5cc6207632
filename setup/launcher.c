// The commands of a package for every x86-64 CPU: chooses among the builds of rnnpipe for x86-64-v2, v3 and v4 the best that
// this CPU can run, and becomes it. They are beside this program, in ../lib/rnnpipe/LEVEL (setup/portable); which command runs
// is decided there, by the name that is handed on. RNN_CPU_LEVEL chooses a lower level, to compare results or speed.

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The exit codes of rnnpipe for a wrong command line and for something that is missing (sysexits.h).
enum { wrong_usage = 64, unavailable = 69 };

static const char variable[] = "RNN_CPU_LEVEL";
static const char *command = "rnnpipe";

// The levels, from the best to the one that every CPU of the last ten years has.
enum { level_count = 3 };
static const char *const levels[level_count] = {"x86-64-v4", "x86-64-v3", "x86-64-v2"};

// Whether this CPU has the instructions of a level, and the operating system keeps their registers.
static int can_run(int level) {
  switch (level) {
    case 0: return __builtin_cpu_supports("x86-64-v4");
    case 1: return __builtin_cpu_supports("x86-64-v3");
    default: return __builtin_cpu_supports("x86-64-v2");
  }
}

// Prints a problem in one line, as the commands do, and ends.
static _Noreturn void fail(int code, const char *place, const char *problem, const char *remedy) {
  fprintf(stderr, "%s: %s%s%s", command, place, *place ? ": " : "", problem);
  if (*remedy) fprintf(stderr, " (%s)", remedy);
  fputc('\n', stderr);
  exit(code);
}

// The best level of this CPU.
static int best_level(void) {
  for (int level = 0; level < level_count; level++) {
    if (can_run(level)) return level;
  }
  fail(unavailable, "", "this CPU lacks instructions of x86-64-v2 (SSE4.2, POPCNT, ...), which rnnpipe needs",
       "build it on this machine: make build");
}

// The level that the environment asks for, or the best one.
static int chosen_level(void) {
  int best = best_level();
  const char *wanted = getenv(variable);
  if (!wanted || !*wanted) return best;
  for (int level = 0; level < level_count; level++) {
    if (strcmp(wanted, levels[level]) != 0) continue;
    if (level >= best) return level;
    char place[64], remedy[64];
    snprintf(place, sizeof place, "%s=%s", variable, wanted);
    snprintf(remedy, sizeof remedy, "its best level is %s", levels[best]);
    fail(unavailable, place, "this CPU lacks instructions of this level", remedy);
  }
  fail(wrong_usage, variable, "there is no such level", "x86-64-v2, x86-64-v3 or x86-64-v4");
}

// The path of the build for a level: the folder above that of this program, then lib/rnnpipe/LEVEL.
static void find_program(int level, char path[PATH_MAX]) {
  char own[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
  if (length < 0) fail(unavailable, "/proc/self/exe", "can't be read", "mount /proc");
  own[length] = 0;
  for (int above = 0; above < 2; above++) {
    char *slash = strrchr(own, '/');
    if (slash) *slash = 0;
  }
  int needed = snprintf(path, PATH_MAX, "%s/lib/rnnpipe/%s/rnnpipe", own, levels[level]);
  if (needed < 0 || needed >= PATH_MAX) fail(unavailable, own, "this path is too long", "");
}

int main(int count, char **arguments) {
  if (count > 0 && *arguments[0]) {
    const char *slash = strrchr(arguments[0], '/');
    command = slash ? slash + 1 : arguments[0];
  }
  __builtin_cpu_init();
  char path[PATH_MAX];
  find_program(chosen_level(), path);
  execv(path, arguments);
  fail(unavailable, path, strerror(errno), "reinstall rnnpipe");
}
